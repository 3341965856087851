"""Days by province are read as they are written, and wrong ones are refused with what they must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.retention.days import LEAST_DAYS, MOST_DAYS, RetentionDays, parse_days

days = st.integers(LEAST_DAYS, MOST_DAYS)


@given(days, st.dictionaries(st.integers(1, 255), days, max_size=5), st.integers(0, 255))
def test_days_read_as_they_are_written(default: int, own: dict[int, int], province: int) -> None:
    read = parse_days(str(RetentionDays(default, own)))
    assert read.of(province) == own.get(province, default)
    assert read.longest == max([default, *own.values()])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "a number of days"),
        ("28;64=14", "a number of days"),
        ("64=14", "a number of days"),
        ("13", "14 to 60"),
        ("28,64=61", "14 to 60"),
        ("28,64=14,64=15", "once"),
        ("28,0=14", "from 1 to 255"),
        ("28,999=14", "from 1 to 255"),
    ],
)
def test_wrong_days_are_refused(text: str, wanted: str) -> None:
    with pytest.raises(ValueError, match=wanted):
        parse_days(text)
