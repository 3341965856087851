"""What one run of one peer measured, as it is kept between runs, and the figures that follow from it."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

#: How a run ended: every row was there; time was up; no row had come for a while; the peer's process ended by itself.
Ending = Literal["complete", "time limit", "stalled", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One run. Times count from the start of the peer's processes.

    `seconds` last until the last row was seen in ClickHouse, `ready_seconds` until all processes had begun to work.
    `rows` and `unique_rows` (by scan_id) were counted after the peer had been stopped; `expected_unique` differs from
    `expected_rows` only where duplicates are meant to land. `cpu_seconds` are those of the
    peer's processes from their start, of ClickHouse and of the broker meanwhile; `start_cpu_seconds` those of the
    peer's processes until they were ready; `rss_bytes` is the largest sum of the
    peer's processes.
    """

    peer: str
    repeat: int
    published: int
    expected_rows: int
    expected_unique: int
    seen_rows: int
    rows: int
    unique_rows: int
    seconds: float
    ready_seconds: float
    cpu_seconds: dict[str, float]
    start_cpu_seconds: float
    rss_bytes: int
    payload_bytes: float
    ending: Ending
    #: Whether another check than counting found something wrong (ours compares every row).
    sentences: tuple[str, ...] = ()

    @property
    def done(self) -> float:
        """Events behind the rows that were seen: all of them, or their share when time was up."""
        return self.published * min(1.0, self.seen_rows / max(1, self.expected_rows))

    @property
    def events_per_second(self) -> float:
        """Rate from the start of the processes."""
        return self.done / self.seconds

    @property
    def events_per_second_once_ready(self) -> float:
        """Rate from when they had begun to work."""
        return self.done / max(1e-3, self.seconds - self.ready_seconds)

    @property
    def cpu_us_per_event(self) -> dict[str, float]:
        """Microseconds an event: `peer`, `clickhouse`, `broker` and the sum without the broker."""
        each = {name: spent / max(1.0, self.done) * 1e6 for name, spent in self.cpu_seconds.items()}
        return each | {"total_without_broker": each["peer"] + each["clickhouse"]}

    @property
    def cpu_us_per_event_once_ready(self) -> float:
        """Microseconds an event of the peer's processes, their start left out."""
        return (self.cpu_seconds["peer"] - self.start_cpu_seconds) / max(1.0, self.done) * 1e6

    @property
    def lost(self) -> int:
        """Rows that are missing."""
        return max(0, self.expected_unique - self.unique_rows)

    @property
    def doubled(self) -> int:
        """Rows beyond the first of their scan_id, those that are meant to land not counted."""
        return self.rows - self.unique_rows - (self.expected_rows - self.expected_unique)

    @property
    def correct(self) -> bool | None:
        """Whether the rows are exactly the expected ones; None when time was up before it could be told."""
        if self.ending == "time limit":
            return False if self.doubled > 0 else None
        found, expected = (self.rows, self.unique_rows), (self.expected_rows, self.expected_unique)
        return self.ending == "complete" and found == expected and not self.sentences

    def as_json(self) -> dict[str, Any]:
        """Return the record as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Return the record that `as_json` wrote; raise KeyError when it lacks something."""
        known = {each.name: data[each.name] for each in fields(cls)}
        return cls(**known | {"sentences": tuple(data["sentences"])})
