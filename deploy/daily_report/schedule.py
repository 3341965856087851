"""When which report is made: for the first time before it is due, then every hour until the next day is over. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from types import MappingProxyType

from deploy.daily_report.span import Span, at, midnight, today

#: Somebody is warned of a missing report at 16:30 (`sinks/watch/rules/report_late.sql`): it has to be there by then.
LATEST = time(16, 25)
_EVERY = timedelta(hours=1)
_DAY = timedelta(days=1)
_EXPECTED = f"a time of day to {LATEST:%H:%M}, then perhaps some provinces' own, like 16:20,42=16:00"
#: A turn begins this long after the moment as of which it reports: what Kafka had taken by then has landed, too.
LANDING = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Time of day (in Vietnam) of each province's first report."""

    usual: time
    own: Mapping[int, time] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, province: int) -> time:
        """Return a province's time."""
        return self.own.get(province, self.usual)


def parse_times(text: str) -> Times:
    """Return the times in a text like `16:20` or `16:20,42=16:00`; raise ValueError saying what it should be."""
    usual, *others = text.split(",")
    own = {}
    for other in others:
        province, _, told = other.partition("=")
        if not province.strip().isdigit():
            raise ValueError(_EXPECTED)
        own[int(province)] = _time(told)
    return Times(usual=_time(usual), own=own)


def turns(times: Times, province: int, now: datetime) -> Iterator[Span]:
    """Yield the latest turn there has been of each of a province's days: yesterday's, and today's from its time on.

    A day's turns are its time and every hour after that until the next day ends. Until its midnight they are about the
    same part of the day, so that only what came late, or was corrected, makes a difference; then about all of it.
    """
    for day in (today(now) - _DAY, today(now)):
        first = at(day, times.of(province))
        last = min(now - LANDING, midnight(day) + 2 * _DAY)
        if last >= first:
            moment = first + (last - first) // _EVERY * _EVERY
            ended = midnight(day) + _DAY
            yield Span(day=day, until=ended if moment >= ended else first, as_of=moment)


def seconds_to_due(now: datetime, *, is_made: bool, due: datetime) -> float:
    """Return the seconds until the next report has to have left: today's until it is made, and 0 once it is overdue."""
    if is_made and now >= due:
        due += _DAY
    return max(0.0, (due - now).total_seconds())


def _time(text: str) -> time:
    try:
        found = time.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(_EXPECTED) from None
    if found.tzinfo is not None or not time(0) < found <= LATEST:
        raise ValueError(_EXPECTED)
    return found
