"""What came of each round of a chaos test, and of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from loadtest import report
from loadtest.check import FeedResult

_COUNTS = ("lost", "doubled", "wrong")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One fault under load. `ended` tells how processes ended that nobody had asked to, with their last log lines.

    The fault took `fault_seconds`, with restarts of what it ended. `recovery_seconds` after it the ledger was no
    further behind than before; None: not as long as that was waited for, under load. `problem` tells why rows could not
    be compared: not everything had its outcome in time. Then `feeds` are empty.
    """

    number: int
    fault: str
    seconds: float
    fault_seconds: float
    recovery_seconds: float | None
    drain_seconds: float
    feeds: list[FeedResult]
    ended: list[str]
    problem: str = ""

    @property
    def correct(self) -> bool:
        """True when everything was drained, every feed is right, and no process ended by itself."""
        return not self.problem and not self.ended and all(feed.correct for feed in self.feeds)

    def sentence(self) -> str:
        """Return the round in a line."""
        verdict = "correct" if self.correct else "WRONG"
        recovery = self.recovery_seconds
        recovered = "not recovered under load" if recovery is None else f"recovered in {recovery:.1f} s"
        return (
            f"{self.fault} for {self.fault_seconds:.1f} s, {self.published:,} events, {recovered}, "
            f"drained in {self.drain_seconds:.1f} s, {verdict}"
        )

    @property
    def published(self) -> int:
        """Events published to all feeds."""
        return sum(feed.truth.published for feed in self.feeds)

    def figures(self) -> dict[str, Any]:
        """Return the round as JSON."""
        return {
            "fault": self.fault,
            "published": self.published,
            "fault_seconds": round(self.fault_seconds, 1),
            "recovery_seconds": None if self.recovery_seconds is None else round(self.recovery_seconds, 1),
            "drain_seconds": round(self.drain_seconds, 1),
            **{name: count for name, count in report.outcome(self.feeds).items() if name in _COUNTS},
            "correct": self.correct,
        }

    def differences(self) -> list[str]:
        """Return sentences about what is wrong; none when the round is correct."""
        found = [sentence for feed in self.feeds for sentence in feed.differences()]
        found += [self.problem] if self.problem else []
        found += [f"a process ended by itself: {ending}" for ending in self.ended]
        return [f"round {self.number + 1} ({self.fault}), {sentence}" for sentence in found]


def summary(rounds: Sequence[Round]) -> dict[str, Any]:
    """Return the rounds as JSON; the run has passed when `correct_rounds` are all `rounds`."""
    feeds = [feed for each in rounds for feed in each.feeds]
    return {
        "rounds": len(rounds),
        "correct_rounds": sum(each.correct for each in rounds),
        **report.outcome(feeds),
        "differences": [sentence for each in rounds for sentence in each.differences()],
        "faults": [each.figures() for each in rounds],
    }
