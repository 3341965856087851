"""Which part of which day a report is about, and as of when. Pure; all moments are aware."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from deploy.user_error import UserError
from schemas.zone import VIETNAM

#: When the report of a day has to have left, in Vietnam ("trước 17h00 hàng ngày", Hà Tĩnh 2717/UBND-VX1).
DUE = time(17)
_DAY = timedelta(days=1)
#: Days a day is compared with.
COMPARED_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A day in Vietnam from its midnight to `until`, as was known `as_of`."""

    day: date
    until: datetime
    as_of: datetime

    @property
    def seconds(self) -> int:
        """Return how much of the day counts."""
        return int((self.until - midnight(self.day)).total_seconds())

    @property
    def is_whole(self) -> bool:
        """True when all of the day counts."""
        return self.seconds == int(_DAY.total_seconds())


def span_of(day: date, *, as_of: datetime, until: time | None = None) -> Span:
    """Return the span of a day as known `as_of`: to `until` (in Vietnam), else as far as the day had gone.

    Moments are cut to whole seconds. Raises UserError for a day that had not begun, and an `until` still to come.
    """
    as_of = as_of.astimezone(UTC).replace(microsecond=0)
    begins = midnight(day)
    if as_of <= begins:
        raise UserError(
            f"The {day:%d/%m/%Y} begins after {shown(as_of)}, as of which the report is asked for; give an earlier "
            "--date or a later --as-of."
        )
    ends = min(as_of, begins + _DAY) if until is None else at(day, until)
    if ends > as_of:
        raise UserError(f"At {shown(as_of)} it was not {shown(ends)} yet; give an earlier --until or a later --as-of.")
    return Span(day=day, until=ends, as_of=as_of)


def at(day: date, clock: time) -> datetime:
    """Return the moment (UTC) of a time of day in Vietnam; midnight is the day's end."""
    moment = datetime.combine(day, clock, VIETNAM).astimezone(UTC)
    return moment if clock > time(0) else moment + _DAY


def midnight(day: date) -> datetime:
    """Return the moment (UTC) a day in Vietnam begins."""
    return datetime.combine(day, time(0), VIETNAM).astimezone(UTC)


def due_at(day: date) -> datetime:
    """Return the moment (UTC) the day's report has to have left."""
    return at(day, DUE)


def today(now: datetime) -> date:
    """Return the day it is in Vietnam."""
    return now.astimezone(VIETNAM).date()


def iso(moment: datetime) -> str:
    """Return a moment as documents have it: ISO 8601 with Vietnam's offset."""
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")


def shown(moment: datetime) -> str:
    """Return a moment for people in Vietnam."""
    return f"{moment.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
