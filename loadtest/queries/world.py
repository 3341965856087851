"""The scans of a province's three weeks: how many, when, of whom, and where in the table each lies."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self

DAYS = 21
#: Scans of a person and day (domain.md 2.4, the tier pipelines are designed for).
SCANS_PER_PERSON_DAY = 5
#: Vietnam is seven hours ahead of UTC, all year.
_AHEAD = timedelta(hours=7)
#: What fifty of the sink's inserts become when they are merged: the parts most rows of a running system lie in.
_BLOCK_ROWS = 2_000_000
_LEAST_ROWS = 1_000


class NotThisWorld(Exception):
    """The directory holds other scans than those that are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What decides every generated scan. `last_day` is a day in Vietnam; the scans' 21 days end with it.

    `places` are registered, of which a ninth is active. Scans come in units of two: the way in and the way out of a
    visit, or two scans of one person hours apart.
    """

    rows: int
    seed: int
    last_day: date
    places: int = 20_000

    @classmethod
    def of(cls, *, rows: int, seed: int, now: datetime, places: int = 20_000) -> Self:
        """Return the world of `rows` scans, rounded to whole units, whose last day is the one before `now`.

        Raises NotThisWorld for less than 1,000 scans.
        """
        if rows < _LEAST_ROWS:
            raise NotThisWorld(f"{rows} scans are too few for 21 days; take {_LEAST_ROWS:,} or more")
        last_day = (now.astimezone(UTC) + _AHEAD).date() - timedelta(days=1)
        return cls(rows=rows // 2 * 2, seed=seed, last_day=last_day, places=places)

    @property
    def units(self) -> int:
        """Number of units of two scans."""
        return self.rows // 2

    @property
    def persons(self) -> int:
        """Number of people who scan."""
        return max(10, self.rows // (DAYS * SCANS_PER_PERSON_DAY))

    @property
    def start(self) -> datetime:
        """First moment of the first day, UTC."""
        return self.end - timedelta(days=DAYS)

    @property
    def end(self) -> datetime:
        """First moment after the last day, UTC."""
        return self.midnight(self.last_day) + timedelta(days=1)

    def midnight(self, day: date) -> datetime:
        """Return the moment (UTC) a day begins in Vietnam."""
        return datetime(day.year, day.month, day.day, tzinfo=UTC) - _AHEAD

    def blocks(self) -> Iterator[range]:
        """Yield the units of each block that is inserted at once, in order of time."""
        size = _BLOCK_ROWS // 2
        for first in range(0, self.units, size):
            yield range(first, min(first + size, self.units))
