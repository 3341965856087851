from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.entry.cells import BadCell, milliseconds, value_of

_VIETNAM = timezone(timedelta(hours=7))
_minutes = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda it: it.replace(second=0, microsecond=0))  # noqa: DTZ001 -- a wall clock's


@given(_minutes)
def test_a_time_on_paper_is_of_vietnam_in_every_way_it_is_written(wall: datetime) -> None:
    expected = int(wall.replace(tzinfo=_VIETNAM).timestamp() * 1_000)
    written = [f"{wall:%d/%m/}{wall.year:04d}{wall: %H:%M}", wall.isoformat(), str(wall), f"{wall.isoformat()}+07:00"]
    assert {milliseconds(text, needs_time=True) for text in written} == {expected}


def test_a_zone_that_is_written_counts() -> None:
    assert milliseconds("2021-08-05T00:00:00Z", needs_time=True) == datetime(2021, 8, 5, tzinfo=UTC).timestamp() * 1_000


@pytest.mark.parametrize(
    "text", ["5 tháng 8", "13/13/2021 10:00", "1628150400000", "31/02/2021 10:00", "08/25/2021 9:00"]
)
def test_what_is_no_time_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(BadCell, match="must be a time as 05/08/2021 14:30"):
        milliseconds(text, needs_time=True)


def test_a_day_alone_is_no_moment_but_may_begin_a_period() -> None:
    with pytest.raises(BadCell, match="needs the time of day"):
        milliseconds("05/08/2021", needs_time=True)
    midnight = datetime(2021, 8, 5, tzinfo=_VIETNAM)
    assert milliseconds("05/08/2021", needs_time=False) == midnight.timestamp() * 1_000


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("int", "-12", -12),
        ("float", "10,5", 10.5),
        ("boolean", "Có", True),
        ("boolean", "không", False),
        ("string", "Thôn Đông", "Thôn Đông"),
        ({"type": "enum"}, "domestic", "DOMESTIC"),
    ],
)
def test_a_cell_is_read_as_its_field_wants_it(type_: object, text: str, value: object) -> None:
    assert value_of(text, {"name": "field", "type": type_}) == value


@given(st.sampled_from(["int", "float", "boolean"]), st.text("ABCĐ", min_size=5, max_size=9))
def test_a_reason_never_repeats_the_cell(type_: str, text: str) -> None:
    with pytest.raises(BadCell) as refused:
        value_of(text, {"name": "field", "type": type_})
    assert text not in str(refused.value)
