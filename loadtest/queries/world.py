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
#: 100 million scans are at 200,000 registered places. Hanoi's 91 points per 1,000 inhabitants (750,120, 304,916 /
#: 0.037 of them) make 87,000 of these 952,000 people, and 977,000 of the five provinces' 10.74 million, whose observed
#: maximum (T1, 5.7 million scans a day) this comes nearest to. Sources: domain.md 2.1 and 2.4.
_ROWS_A_PLACE = 500
_LEAST_PLACES = 500
#: Districts of the five provinces (schemas/admin_units.py): people scan in their own.
_REGIONS = 79
_LEAST_PLACES_A_REGION = 250
#: The world without districts: anybody goes to any of 2,240 active places.
_DENSE_PLACES = 20_000


class NotThisWorld(Exception):
    """The directory holds other scans than those that are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What decides every generated scan. `last_day` is a day in Vietnam; the scans' 21 days end with it.

    `places` are registered, of which a ninth is active, in `regions` of some districts each; people scan in their own.
    Scans come in units of two: the way in and the way out of a visit, or two scans of one person hours apart.
    """

    rows: int
    seed: int
    last_day: date
    places: int
    regions: int

    @classmethod
    def of(cls, *, rows: int, seed: int, now: datetime, is_dense: bool = False) -> Self:
        """Return the world of `rows` scans, rounded to whole units, whose last day is the one before `now`.

        A dense one has 20,000 places that everybody goes to, however many scans. Raises NotThisWorld for less than
        1,000 scans.
        """
        if rows < _LEAST_ROWS:
            raise NotThisWorld(f"{rows} scans are too few for 21 days; take {_LEAST_ROWS:,} or more")
        last_day = (now.astimezone(UTC) + _AHEAD).date() - timedelta(days=1)
        places = _DENSE_PLACES if is_dense else max(_LEAST_PLACES, rows // _ROWS_A_PLACE)
        regions = 1 if is_dense else min(_REGIONS, places // _LEAST_PLACES_A_REGION)
        return cls(rows=rows // 2 * 2, seed=seed, last_day=last_day, places=places, regions=regions)

    @property
    def units(self) -> int:
        """Number of units of two scans."""
        return self.rows // 2

    @property
    def persons(self) -> int:
        """Number of people who scan."""
        return max(10, self.rows // (DAYS * SCANS_PER_PERSON_DAY))

    @property
    def slots(self) -> int:
        """Numbers by which a region's places are drawn: the rarest active place has three of them or more."""
        return 65_536 if self.regions == 1 else 4_096

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
