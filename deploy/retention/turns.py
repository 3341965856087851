"""When retention's turn is, every night. Pure."""

from datetime import datetime, time, timedelta

from schemas.zone import VIETNAM

#: Written instead of a time where somebody else runs retention.
OFF = "off"
_DAY = timedelta(days=1)
_EXPECTED = f"a time of day in Vietnam like 02:30, or `{OFF}`"


def parse_time(text: str) -> time | None:
    """Return the time of day in a text like `02:30`, None for `off`; raise ValueError saying what it should be."""
    if text.strip() == OFF:
        return None
    try:
        found = time.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(_EXPECTED) from None
    if found.tzinfo is not None:
        raise ValueError(_EXPECTED)
    return found


def last_turn(at: time, now: datetime) -> datetime:
    """Return the latest moment at or before `now` (aware) when it was that time of day in Vietnam."""
    local = now.astimezone(VIETNAM)
    turn = datetime.combine(local.date(), at, VIETNAM)
    return turn if turn <= local else turn - _DAY
