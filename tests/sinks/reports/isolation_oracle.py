"""The rules of isolations, lockdowns and daily updates, spelled out slowly over lists of events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.sinks.reports.landed import MIDNIGHT

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_LEVELS = ("HAMLET", "COMMUNE", "DISTRICT", "PROVINCE")
#: The day that begins at `MIDNIGHT`.
DAY = MIDNIGHT.astimezone(_VIETNAM).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolated:
    """An event of an isolation."""

    number: int
    person: int
    isolation: int
    action: str
    told: datetime
    starts: datetime
    days: int
    site: int

    @property
    def in_effect(self) -> datetime:
        """From when on it says something."""
        return self.told if self.action == "ENDED" else self.starts

    @property
    def ends(self) -> datetime:
        """When the days it orders are over."""
        return self.starts + timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """An event of a lockdown."""

    number: int
    lockdown: int
    action: str
    level: str
    code: int
    hamlet: str
    residents: int
    told: datetime
    since: datetime
    until: datetime | None
    commune: int
    district: int
    province: int

    @property
    def area(self) -> tuple[str, int, str]:
        """What is locked down."""
        return self.level, self.code, self.hamlet

    def lies_in(self, other: "Locked") -> bool:
        """Tell whether its area is within the larger area of another."""
        if _LEVELS.index(self.level) >= _LEVELS.index(other.level):
            return False
        mine = {"COMMUNE": self.commune, "DISTRICT": self.district, "PROVINCE": self.province}
        return mine[other.level] == other.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A health update; `lockdown` 0 and `commune` 0 are not told."""

    person: int
    at: datetime
    status: str = "SUBMITTED"
    slot: str = "DAY"
    symptoms: int = 0
    lockdown: int = 0
    commune: int = 0

    @property
    def day(self) -> date:
        """Its day in Vietnam."""
        return self.at.astimezone(_VIETNAM).date()


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=_VIETNAM)


def _standing(told: Sequence[Isolated], at: datetime) -> list[tuple[Isolated, datetime, int]]:
    """Return what holds of each isolation that goes on at a moment, when it began, and how often it moved."""
    found = []
    for person, isolation in sorted({(one.person, one.isolation) for one in told}):
        heard = [one for one in told if (one.person, one.isolation) == (person, isolation) and one.in_effect <= at]
        if not heard:
            continue
        last = max(heard, key=lambda one: (one.told, one.action == "ENDED", one.starts, one.days, one.number))
        if last.action != "ENDED" and at < last.ends:
            began = min(one.starts for one in heard if one.action != "ENDED")
            found.append((last, began, sum(one.action == "MOVED" for one in heard)))
    return found


def isolated_at(
    told: Sequence[Isolated], at: datetime
) -> list[tuple[int, int, int, datetime, datetime, datetime, int]]:
    """Return person, isolation, site, beginning, start, end and moves of whoever is isolated, in order."""
    return [
        (last.person, last.isolation, last.site, began, last.starts, last.ends, moves)
        for last, began, moves in _standing(told, at)
    ]


def locked_at(told: Sequence[Locked], at: datetime) -> list[Locked]:
    """Return the last event of each lockdown that is in force at a moment."""
    found = []
    for lockdown in sorted({one.lockdown for one in told}):
        heard = [one for one in told if one.lockdown == lockdown and one.since <= at]
        if not heard:
            continue
        last = max(heard, key=lambda one: (one.told, one.number))
        if (last.until is None and last.action != "ENDED") or (last.until is not None and at < last.until):
            found.append(last)
    return found


def counted_residents(told: Sequence[Locked], active: Sequence[Locked], at: datetime) -> dict[int, int]:
    """Return by lockdown the residents nobody else counts."""

    def began(one: Locked) -> tuple[datetime, int]:
        return min(each.since for each in told if each.lockdown == one.lockdown and each.since <= at), one.lockdown

    def is_first(one: Locked) -> bool:
        same = [
            other for other in active if (other.level, other.code, other.hamlet) == (one.level, one.code, one.hamlet)
        ]
        return min(same, key=began) is one

    return {
        one.lockdown: one.residents if is_first(one) and not any(one.lies_in(other) for other in active) else 0
        for one in active
    }


def missing_on(
    told: Sequence[Isolated], updates: Sequence[Update], day: date
) -> list[tuple[int, int, int, date | None]]:
    """Return person, isolation, streak and the day of the last update of whoever is due on a day and silent."""
    due: dict[int, tuple[Isolated, datetime]] = {}
    for last, began, _ in _standing(told, _noon(day)):
        known = due.get(last.person)
        if known is None or (last.told, -last.isolation) > (known[0].told, -known[0].isolation):
            due[last.person] = (last, began)
    found = []
    for person, (last, began) in sorted(due.items()):
        heard = {one.day for one in updates if one.person == person and one.status == "SUBMITTED" and one.day <= day}
        streak, asked = 0, day
        while asked not in heard and _noon(asked) >= began:
            streak, asked = streak + 1, asked - timedelta(days=1)
        if streak:
            found.append((person, last.isolation, streak, max(heard, default=None)))
    return found
