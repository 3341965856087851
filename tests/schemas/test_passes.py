from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.passes import Validity, is_valid, valid_until

_LOCAL = timezone(timedelta(hours=7))
_MOMENTS = st.datetimes(datetime(2021, 1, 1), datetime(2030, 1, 1), timezones=st.sampled_from([UTC, _LOCAL]))  # noqa: DTZ001 -- hypothesis wants bounds without zones


@given(_MOMENTS)
def test_a_pass_lasts_72_hours_to_the_moment(moment: datetime) -> None:
    end = valid_until(moment)
    assert end - moment == timedelta(hours=72)
    assert is_valid(moment, valid_from=moment, valid_until=end)
    assert is_valid(end - timedelta.resolution, valid_from=moment, valid_until=end)
    assert not is_valid(end, valid_from=moment, valid_until=end)


@given(_MOMENTS)
def test_or_to_the_end_of_the_third_day_in_viet_nam(moment: datetime) -> None:
    end = valid_until(moment, Validity.CALENDAR_DAYS)
    local = end.astimezone(_LOCAL)
    assert (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
    assert local.date() - moment.astimezone(_LOCAL).date() == timedelta(days=3)
    assert timedelta(days=2) < end - moment <= timedelta(days=3)


@pytest.mark.parametrize(("hour", "day"), [(16, 4), (17, 5)])
def test_the_day_is_vietnamese(hour: int, day: int) -> None:
    end = valid_until(datetime(2021, 8, 1, hour, 59, 59, tzinfo=UTC), Validity.CALENDAR_DAYS)
    assert end == datetime(2021, 8, day - 1, 17, tzinfo=UTC)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        valid_until(datetime(2021, 8, 1))  # noqa: DTZ001 -- what is refused
