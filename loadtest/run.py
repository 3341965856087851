"""What one run published: the record that everything else is compared with."""

from dataclasses import dataclass, field, replace

import numpy as np

from loadtest import published
from loadtest.defects import Key, Value
from loadtest.draw import Floats, Ints
from loadtest.expected import Expected, expect
from loadtest.generate import Chunk, Messages, Workload, make_chunk
from loadtest.offsets import CouldNotCheck, Offsets, end_offsets, require_published
from loadtest.published import Published
from schemas.kinds import Feed


@dataclass(slots=True)
class Run:
    """A workload on its way into a topic; `first_offsets` are the topic's ends before it.

    The broker's times are at most `known_within_ms` later than noted, beside pauses.
    """

    workload: Workload
    first_offsets: Offsets
    known_within_ms: int = 0
    _parts: list[Published] = field(default_factory=list)
    _value_bytes: int = 0

    def __len__(self) -> int:
        """Number of events noted."""
        return sum(map(len, self._parts))

    def note(self, chunk: Chunk | Messages) -> None:
        """Record a chunk that was published."""
        scenario = self.workload.scenario
        self._parts.append(published.from_chunk(chunk, feed=self.feed, start_ms=scenario.start_ms))
        self._value_bytes += chunk.value_bytes

    def settle(self, logged_ms: Ints) -> None:
        """Take the broker's own times for as many events as there are times; forget the others, never published."""
        known = self.published
        kept = known.take(slice(len(logged_ms)))
        self._parts = [replace(kept, logged_ms=logged_ms)] if len(kept) else []

    @property
    def mean_value_bytes(self) -> float:
        """Average size of a message's value."""
        return round(self._value_bytes / max(1, len(self)), 1)

    @property
    def feed(self) -> Feed:
        """The feed it is published to."""
        return self.workload.scenario.feed

    @property
    def published(self) -> Published:
        """Everything noted, in publishing order; raise CouldNotCheck if that is nothing."""
        if not self._parts:
            raise CouldNotCheck(f"nothing was published to {self.feed.topic}")
        return published.joined(self._parts)

    def require_published(self, bootstrap: str) -> None:
        """Raise CouldNotCheck unless the broker's end offsets say that exactly this was published."""
        after = end_offsets(bootstrap, self.feed.topic)
        require_published(before=self.first_offsets, after=after, partitions=self.published.partition)

    def expected(self, *, uncertainty_ms: int) -> Expected:
        """Return what must become of everything noted; see `expected.expect`."""
        return expect(self.feed, self.published, first_offsets=self.first_offsets, uncertainty_ms=uncertainty_ms)

    def intended_ms(self) -> dict[int, Floats]:
        """Return, per partition, when (UTC ms) each event was to be published, in order of offset."""
        partition = np.concatenate([np.empty(0, np.int64), *(part.partition for part in self._parts)])
        intended = self.workload.scenario.start_ms + self.workload.timeline.publish_us[: len(partition)] / 1_000
        return {number: intended[partition == number] for number in np.unique(partition).tolist()}

    def originals(self, events: Expected) -> list[tuple[Key, Value]]:
        """Return key and value of each of `events`, as they were published."""
        rows = self._rows(events)
        order = np.argsort(rows)
        workload = self.workload
        chunk = make_chunk(workload.scenario, workload.fleet, workload.timeline[rows[order]])
        back = np.argsort(order).tolist()
        return [(chunk.keys[row], chunk.values[row]) for row in back]

    def _rows(self, events: Expected) -> Ints:
        rows = np.empty(len(events), np.int64)
        partition = self.published.partition
        for number in np.unique(events.partition).tolist():
            chosen = events.partition == number
            places = np.flatnonzero(partition == number)
            rows[chosen] = places[events.offset[chosen] - self.first_offsets.get(number, 0)]
        return rows
