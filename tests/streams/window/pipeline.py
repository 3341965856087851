"""A partition driven as the worker drives it: batches, restarts that replay the log's tail, and a sink behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.enums import Flag, Reason, Verdict
from schemas.kinds import VENUE
from schemas.landing import LandingMessage, decode_block, landed_rows
from schemas.rows import REJECT_SCHEMA
from streams.batch import BatchProcessor
from streams.partition import Partition
from streams.registry.snapshot import Snapshot
from streams.tail import oldest_needed_ms
from streams.window.rules import WindowRules
from tests.streams.window.events import Event, records_of
from tests.streams.window.oracle import Outcome

_NOTHING_KNOWN = Snapshot.build(places={}, areas={}, devices={})
_PROCESSOR = BatchProcessor(feed=VENUE)
#: A fetch may begin with records that are covered already.
_OVERLAP = 2

RULES = WindowRules(rescan_ms=VENUE.rescan_window_ms)


@dataclass(slots=True)
class Worker:
    """A worker of one partition, and the landing log it writes."""

    events: Sequence[Event]
    rules: WindowRules = RULES
    log: list[LandingMessage] = field(default_factory=list)
    partition: Partition = field(init=False)

    def __post_init__(self) -> None:
        self.partition = self._fresh()

    def _fresh(self) -> Partition:
        return Partition.fresh(processor=_PROCESSOR, number=0, rules=self.rules)

    def take(self, count: int) -> None:
        """Process the next `count` events, or what is left, and append their message to the log."""
        first = self.partition.next_offset or 0
        last = min(first + count, len(self.events)) - 1
        start = max(0, first - _OVERLAP)
        records = records_of(self.events[start : last + 1], first=start)
        processed = self.partition.process(records=records, last=last, snapshot=_NOTHING_KNOWN)
        if processed is not None:
            message = processed.message
            self.log.append(LandingMessage.parse(value=message.value, headers=message.headers()))

    def restart(self) -> None:
        """Forget everything and replay only as much of the log as the windows need."""
        self.partition = self._fresh()
        for message in self._tail():
            self.partition.replay(message)

    def _tail(self) -> Sequence[LandingMessage]:
        """Return the messages a restart reads; each was logged when its last event was, at the earliest."""
        if not self.log:
            return ()
        wanted = oldest_needed_ms(watermark_ms=self.log[-1].watermark_ms, rules=self.rules)
        logged = [self.events[message.last].logged_ms for message in self.log]
        start = next((at for at, when in enumerate(logged) if when >= wanted), len(self.log) - 1)
        return self.log[start:]


def landed(
    events: Sequence[Event], *, rules: WindowRules = RULES, sizes: Sequence[int] = (), restarts: Sequence[bool] = ()
) -> list[LandingMessage]:
    """Return the landing log of a stream cut into batches of `sizes` (then one for the rest), restarting in between."""
    worker = Worker(events, rules)
    for index, size in enumerate((*sizes, len(events))):
        worker.take(size)
        if index < len(restarts) and restarts[index]:
            worker.restart()
    return worker.log


def decisions(log: Sequence[LandingMessage]) -> dict[int, Any]:
    """Return what the log says of each offset: the whole row, the whole dead letter, or None for a retry."""
    found: dict[int, Any] = {}
    for message in log:
        rows = landed_rows(message).to_pylist()
        rejects = decode_block(message.rejects, REJECT_SCHEMA).to_pylist()
        found |= {row["_offset"]: row for row in (*rows, *rejects)}
        found |= dict.fromkeys((message.retries.astype(int) + message.first).tolist())
    return found


def resolved(log: Sequence[LandingMessage], *, window_ms: int = RULES.rescan_ms) -> list[Outcome]:
    """Return the outcomes by offset after the sink has decided the rows that are to be checked."""
    sink = _Sink(window_ms)
    found = decisions(log)
    return [sink.take(found[offset]) for offset in sorted(found)]


@dataclass(slots=True)
class _Sink:
    """Decides checked rows by what landed before them, as the contract of the landing log says."""

    window_ms: int
    _landed: list[tuple[dict[str, Any], Verdict]] = field(default_factory=list)

    def take(self, row: dict[str, Any] | None) -> Outcome:
        if row is None:
            return Outcome(Verdict.RETRY)
        if "reason" in row:
            return Outcome(Verdict.REJECTED, reason=Reason(row["reason"]))
        outcome = (
            self._checked(row) if row["flags"] & Flag.CHECKED else Outcome(Verdict(row["verdict"]), row["rescan_of"])
        )
        if outcome.verdict is not Verdict.RETRY:
            self._landed.append((row, outcome.verdict))
        return outcome

    def _checked(self, row: dict[str, Any]) -> Outcome:
        if any(other["scan_id"] == row["scan_id"] for other, _ in self._landed):
            return Outcome(Verdict.RETRY)
        near = [
            other["_offset"]
            for other, verdict in self._landed
            if verdict is Verdict.ACCEPTED and self._near(other, row)
        ]
        return Outcome(Verdict.RESCAN, min(near)) if near else Outcome(Verdict.ACCEPTED)

    def _near(self, one: dict[str, Any], other: dict[str, Any]) -> bool:
        same = all(one[name] == other[name] for name in ("subject", "place_id", "direction"))
        apart_ms = abs((one["event_time"] - other["event_time"]).total_seconds()) * 1000
        return same and round(apart_ms) < self.window_ms
