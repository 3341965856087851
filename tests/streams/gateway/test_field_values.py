"""Texts become the values Avro holds, or a reason that quotes nothing."""

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.gateway.field_values import milliseconds, sixteen_bytes, sixteen_nonzero_bytes
from streams.gateway.outcome import Unacceptable


@given(identity=st.uuids())
def test_a_uuid_is_taken_with_and_without_dashes(identity: uuid.UUID) -> None:
    assert sixteen_bytes(str(identity), field="scan_id") == identity.bytes
    assert sixteen_bytes(identity.hex, field="scan_id") == identity.bytes
    assert sixteen_bytes(identity.hex.upper(), field="scan_id") == identity.bytes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00" * 15,
        "00" * 17,
        "g" * 32,
        "  " + "00" * 15,
        "00 " * 10 + "00",
        "０" * 32,
        "----" + "0" * 32,
        "0" * 36,
        "0000000-00000-0000-0000-000000000000",
        "{0000000000000000000000000000000}",
    ],
)
def test_anything_else_is_no_uuid(text: str) -> None:
    with pytest.raises(Unacceptable, match=r"^pass_id must be a UUID or 32 hexadecimal digits$"):
        sixteen_bytes(text, field="pass_id")


def test_a_scan_without_identity_is_refused_because_all_such_would_count_as_one() -> None:
    with pytest.raises(Unacceptable, match="scan_id must not be all zeros"):
        sixteen_nonzero_bytes(str(uuid.UUID(int=0)), field="scan_id")


@given(time=st.datetimes(min_value=datetime(1970, 1, 2), timezones=st.just(UTC)), hours=st.integers(-12, 14))  # noqa: DTZ001 -- hypothesis wants bounds without a zone
def test_times_count_milliseconds_whatever_their_offset(time: datetime, hours: int) -> None:
    local = time.astimezone(timezone(timedelta(hours=hours))) if 1971 < time.year < 9998 else time

    assert milliseconds(local, field="event_time") == (time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        milliseconds=1
    )


def test_a_time_before_1970_is_refused() -> None:
    with pytest.raises(Unacceptable, match="sent_at must not be before 1970"):
        milliseconds(datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), field="sent_at")
