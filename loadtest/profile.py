"""How many events a second a scenario publishes, as a function of time."""

from dataclasses import dataclass

import numpy as np

from loadtest.draw import Floats, Ints


@dataclass(frozen=True, slots=True)
class Profile:
    """Rates at moments, linear in between: points of (second, events a second), by time.

    Two points at one second are a step. The profile begins at second 0 and ends at its last point.
    """

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        seconds = [second for second, _ in self.points]
        if len(self.points) < 2 or seconds[0] != 0 or seconds != sorted(seconds) or seconds[-1] <= 0:
            raise ValueError("a rate profile has two points or more, from second 0 on, by time")
        if any(rate < 0 for _, rate in self.points) or self.events < 1:
            raise ValueError("a rate profile has rates from 0 on, and at least one event in all")

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.points[-1][0]

    @property
    def events(self) -> int:
        """How many events it makes."""
        return round(float(self._reached()[-1]))

    @property
    def mean_rate(self) -> float:
        """Events a second on average."""
        return self.events / self.seconds

    @property
    def highest_rate(self) -> float:
        """The highest rate at any moment."""
        return max(rate for _, rate in self.points)

    def rate_at(self, second: float) -> float:
        """Return the rate at a moment; after a step where there is one, 0 outside."""
        if not 0 <= second < self.seconds:
            return 0.0
        after = int(np.searchsorted([at for at, _ in self.points], second, side="right"))
        (left, low), (right, high) = self.points[after - 1], self.points[after]
        return low + (high - low) * (second - left) / (right - left)

    def after(self, *, seconds: float) -> "Profile":
        """Return the profile with its first rate for `seconds` before it."""
        if not seconds:
            return self
        later = tuple((at + seconds, rate) for at, rate in self.points)
        return Profile(((0.0, self.points[0][1]), *later))

    def scaled(self, *, time: float = 1.0, rate: float = 1.0) -> "Profile":
        """Return the profile stretched in time and in height."""
        return Profile(tuple((at * time, height * rate) for at, height in self.points))

    def times_us(self, shares: Floats) -> Ints:
        """Return the moment (µs) by which each share (0 to 1, ascending) of all events has been published."""
        seconds, rates = np.array(self.points).T
        reached = self._reached()
        wanted = shares * reached[-1]
        at = np.clip(np.searchsorted(reached, wanted, side="right") - 1, 0, len(reached) - 2)
        rest, low = wanted - reached[at], rates[at]
        length = seconds[at + 1] - seconds[at]
        slope = np.divide(rates[at + 1] - low, length, out=np.zeros_like(low), where=length > 0)
        # The root of rest = low * t + slope * t² / 2 in a form that also holds for slope 0.
        root = np.sqrt(np.maximum(low * low + 2 * slope * rest, 0.0))
        inside = np.divide(2 * rest, low + root, out=np.zeros_like(rest), where=low + root > 0)
        times: Ints = ((seconds[at] + np.minimum(inside, length)) * 1e6).astype(np.int64)
        return times

    def _reached(self) -> Floats:
        """Return how many events there are up to each point."""
        seconds, rates = np.array(self.points, float).T
        return np.concatenate([[0.0], np.cumsum(np.diff(seconds) * (rates[1:] + rates[:-1]) / 2)])


def steady(*, rate: float, seconds: float) -> Profile:
    """Return a profile of one rate."""
    return Profile(((0.0, rate), (seconds, rate)))
