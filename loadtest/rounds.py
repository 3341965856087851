"""What came of each round of a chaos test, and of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from loadtest import report
from loadtest.check import FeedResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One fault under load. `ended` tells how processes ended that nobody had asked to, with their last log lines."""

    number: int
    fault: str
    seconds: float
    drain_seconds: float
    feeds: list[FeedResult]
    ended: list[str]

    @property
    def correct(self) -> bool:
        """True when every feed is, and no process ended by itself."""
        return not self.ended and all(feed.correct for feed in self.feeds)

    def sentence(self) -> str:
        """Return the round in a line."""
        published = sum(feed.truth.published for feed in self.feeds)
        verdict = "correct" if self.correct else "WRONG"
        return f"{self.fault}, {published:,} events, drained in {self.drain_seconds:.1f} s, {verdict}"

    def differences(self) -> list[str]:
        """Return sentences about what is wrong; none when the round is correct."""
        found = [sentence for feed in self.feeds for sentence in feed.differences()]
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
    }
