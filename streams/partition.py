"""One source partition as this worker knows it: its windows, and how far the landing log covers it."""

from dataclasses import dataclass

from schemas import trim
from schemas.landing import LandingMessage
from streams.batch import BatchProcessor, Processed
from streams.registry.snapshot import Snapshot
from streams.transport.record_batch import Records
from streams.window.replay import remember
from streams.window.rules import DAY_MS, WindowRules
from streams.window.state import WindowState


class HoleInLog(RuntimeError):
    """The landing log skips source offsets: something else writes to it, or it was damaged."""


@dataclass(slots=True)
class Partition:
    """State of one partition; either `replay` rebuilds it or `process` moves it, never both at a time.

    `next_offset` is the first source offset the landing log does not cover; None before anything is known, when
    processing starts at the source's first offset. `logged_ms` is the broker time of the newest event processed.
    """

    processor: BatchProcessor
    number: int
    state: WindowState
    next_offset: int | None = None
    logged_ms: int = 0

    @classmethod
    def fresh(cls, *, processor: BatchProcessor, number: int, rules: WindowRules) -> "Partition":
        """Return a partition of which nothing is known."""
        return cls(processor, number, WindowState(rules))

    def replay(self, message: LandingMessage) -> None:
        """Take over what a landing message holds; parts that are covered already count once.

        Raise HoleInLog when source offsets are missing between it and what was replayed before.
        """
        covered = message.first - 1 if self.next_offset is None else self.next_offset - 1
        rest = trim.after(message, covered)
        if rest is None:
            return
        if rest.first != covered + 1:
            raise HoleInLog(
                f"{self.processor.feed.landing_topic}[{self.number}] covers offset {covered}, then {rest.first}"
            )
        self.state.history.know_from(offset=rest.first, logged_ms=rest.logged_ms)
        remember(self.state, rest)
        self.next_offset = rest.last + 1

    def process(self, *, records: Records, last: int, snapshot: Snapshot) -> Processed | None:
        """Return what becomes of the records up to the offset `last` that are not covered; None if all are.

        The message starts where the log ends, so offsets that hold no record are part of a range, too. Until it is
        in the log this object is ahead of it: if publishing is given up, throw the object away.
        """
        first = int(records.offsets[0]) if self.next_offset is None and len(records) else self.next_offset or 0
        if last < first:
            return None
        if len(records):
            # What a device sent while its clock ran a day ahead is then known, too.
            self.state.history.know_from(offset=first, logged_ms=int(records.logged_ms[0]) + DAY_MS)
        processed = self.processor.process(
            state=self.state,
            snapshot=snapshot,
            records=records.since(first),
            partition=self.number,
            first=first,
            last=last,
        )
        self.next_offset = last + 1
        if len(records):
            self.logged_ms = int(records.logged_ms[-1])
        return processed
