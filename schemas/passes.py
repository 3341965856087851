"""How long a movement pass is valid.

Order of Sóc Trăng, 2021: "mã QR code dùng được trong 03 ngày". The national press says 72 hours;
to the end of the third day is the other way to read it (domain.md N1).
"""

from datetime import UTC, datetime, time, timedelta
from enum import Enum

from schemas.zone import VIETNAM

_HOURS, _DAYS = timedelta(hours=72), 3


class Validity(Enum):
    """What "three days" means: 72 hours, or to the end of the third calendar day in Viet Nam, the first one counted."""

    HOURS_72 = "72h"
    CALENDAR_DAYS = "calendar"


def valid_until(valid_from: datetime, validity: Validity = Validity.HOURS_72) -> datetime:
    """Return the first moment at which a pass is no longer valid, in UTC; `valid_from` is aware, else ValueError."""
    if valid_from.tzinfo is None:
        raise ValueError("valid_from must have a time zone")
    if validity is Validity.HOURS_72:
        return valid_from.astimezone(UTC) + _HOURS
    last_day = valid_from.astimezone(VIETNAM).date() + timedelta(days=_DAYS)
    return datetime.combine(last_day, time(), VIETNAM).astimezone(UTC)


def is_valid(moment: datetime, *, valid_from: datetime, valid_until: datetime) -> bool:
    """Tell whether a moment is in a pass's time: its first moment is, its end is not."""
    return valid_from <= moment < valid_until
