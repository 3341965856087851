"""Which places are open, mandated, posted and active, spelled out slowly over lists of what landed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_LOOK_BACK_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A place of the register."""

    place: int
    category: str
    department: str
    commune: int
    district: int
    mandate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step in the life of a place."""

    place: int
    action: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Directive 16 in a commune, from `since` to `until`, which is not included."""

    commune: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that landed and stands; `scans` are the moments of each place's scans."""

    places: Sequence[Registered]
    steps: Sequence[Step]
    closures: Sequence[Closure]
    scans: Sequence[tuple[int, datetime]]

    def open_places(self, day: date) -> list[Registered]:
        """Return the places that were registered and not closed when a day ended."""
        return [place for place in self.places if self._is_open(place, _end(day))]

    def _is_open(self, place: Registered, end: datetime) -> bool:
        registered = [one.at for one in self.steps if one.place == place.place and one.action == "REGISTERED"]
        if registered and min(registered) >= end:
            return False
        turns = [
            one
            for one in self.steps
            if one.place == place.place and one.action in ("CLOSED", "REOPENED") and one.at < end
        ]
        return not turns or max(turns, key=lambda one: (one.at, one.action == "REOPENED")).action == "REOPENED"

    def is_posted(self, place: Registered, day: date) -> bool:
        """Tell whether a place's QR was put up by the end of a day."""
        return any(one.place == place.place and one.action == "QR_POSTED" and one.at < _end(day) for one in self.steps)

    def is_under_ct16(self, place: Registered, day: date) -> bool:
        """Tell whether Directive 16 held in a place's commune just before a day ended."""
        last = _end(day) - timedelta(milliseconds=1)
        return any(one.commune == place.commune and one.since <= last < one.until for one in self.closures)

    def days_of(self, place: Registered) -> set[date]:
        """Return the days in Vietnam on which somebody was scanned at a place."""
        return {day_of(at) for scanned, at in self.scans if scanned == place.place}

    def coverage(self, day: date) -> dict[tuple[str, str, int], list[int]]:
        """Return counts by category, department and district, in the order of the view's columns."""
        found: dict[tuple[str, str, int], list[int]] = defaultdict(lambda: [0] * 9)
        for place in self.open_places(day):
            counts = found[place.category, place.department, place.district]
            if self.is_under_ct16(place, day):
                counts[8] += 1
                continue
            days, mandated = self.days_of(place), bool(place.mandate)
            is_posted, is_today = self.is_posted(place, day), day in days
            is_week = any(day - timedelta(days=ago) in days for ago in range(7))
            flags = (True, mandated, is_posted, is_today, is_week)
            of_mandated = (mandated and is_posted, mandated and is_today, mandated and is_week)
            for at, flag in enumerate((*flags, *of_mandated)):
                counts[at] += flag
        return found

    def zero_scan_communes(self, day: date) -> dict[int, tuple[int, date | None, int]]:
        """Return places, last day with a scan and streak of each commune without a scan that day."""
        members: dict[int, list[Registered]] = defaultdict(list)
        for place in self.open_places(day):
            if not self.is_under_ct16(place, day):
                members[place.commune].append(place)
        found = {}
        for commune, places in members.items():
            first = day - timedelta(days=_LOOK_BACK_DAYS - 1)
            heard = {at for place in places for at in self.days_of(place) if first <= at <= day}
            if day not in heard:
                last = max(heard, default=None)
                found[commune] = (len(places), last, (day - last).days if last else _LOOK_BACK_DAYS)
        return found


def day_of(at: datetime) -> date:
    """Return a moment's day in Vietnam."""
    return at.astimezone(_VIETNAM).date()


def _end(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=_VIETNAM) + timedelta(days=1)
