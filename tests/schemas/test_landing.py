from dataclasses import fields, replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import Verdict
from schemas.kinds import VENUE
from schemas.landing import Counts, LandingMessage, MalformedLanding, decode_block, encode_block, landed_rows
from schemas.rows import row_schema
from tests.schemas.landing import Outcome, message_of, messages

counts = st.builds(Counts, **{field.name: st.integers(0, 1_000) for field in fields(Counts)})


def _same(one: LandingMessage, other: LandingMessage) -> bool:
    assert one.retries.tolist() == other.retries.tolist()
    assert one.skewed.tolist() == other.skewed.tolist()
    retries, skewed = np.empty(0, np.uint32), np.empty(0, np.int64)
    return replace(one, retries=retries, skewed=skewed) == replace(other, retries=retries, skewed=skewed)


@given(messages)
def test_a_message_comes_back_from_its_value_and_headers(message: LandingMessage) -> None:
    assert _same(LandingMessage.parse(value=message.value, headers=message.headers()), message)


@given(messages)
def test_a_message_without_rows_may_come_back_as_a_tombstone(message: LandingMessage) -> None:
    bare = replace(message, settled=b"", unsettled=b"")
    assert _same(LandingMessage.parse(value=None, headers=bare.headers()), bare)


@given(messages)
def test_counts_of_a_message_balance(message: LandingMessage) -> None:
    assert message.counts.balanced
    assert message.counts.landed == landed_rows(message).num_rows


def test_the_key_tells_people_the_range() -> None:
    message = message_of([Outcome(Verdict.ACCEPTED)] * 3, first=40, partition=6)
    assert message.key == b"venue:6:40-42"


def test_headers_are_text_that_tools_can_show() -> None:
    message = message_of([Outcome(Verdict.ACCEPTED), Outcome(Verdict.RETRY)], first=40)
    headers = dict(message.headers())
    assert (headers["v"], headers["feed"], headers["table"]) == (b"1", b"venue", b"scans")
    assert (headers["first"], headers["last"], headers["in"], headers["retry"]) == (b"40", b"41", b"2", b"1")


@given(counts, counts)
def test_counts_add_up_by_column(one: Counts, other: Counts) -> None:
    assert one + other == Counts(
        **{field.name: getattr(one, field.name) + getattr(other, field.name) for field in fields(Counts)}
    )


def test_an_event_without_an_outcome_is_seen() -> None:
    assert Counts(seen=4, accepted=1, rescan=1, retry=1, rejected=1).balanced
    assert not Counts(seen=4, accepted=1, rescan=1, retry=1).balanced


_HEADERS = dict(message_of([Outcome(Verdict.ACCEPTED)]).headers())


@pytest.mark.parametrize("missing", [name for name in _HEADERS if name not in {"table", "skewed", "ahead"}])
def test_a_message_without_a_header_is_refused(missing: str) -> None:
    rest = [(name, value) for name, value in _HEADERS.items() if name != missing]
    with pytest.raises(MalformedLanding, match=f"not a landing-log message: '{missing}'"):
        LandingMessage.parse(value=b"", headers=rest)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("v", b"2", "landing log of version b'2'; this program reads version 1"),
        ("feed", b"ships", "no feed is called 'ships'"),
        ("feed", b"\xff", "not a landing-log message"),
        ("first", b"one", "not a landing-log message"),
        ("ahead", b"123", "not a landing-log message"),
        ("retries", b"123", "not a landing-log message"),
        ("skewed", b"123", "not a landing-log message"),
        ("settled_bytes", b"0", "its settled rows are said to take 0 of 0 bytes"),
    ],
)
def test_a_header_of_another_kind_is_refused(name: str, value: bytes, complaint: str) -> None:
    with pytest.raises(MalformedLanding, match=complaint):
        LandingMessage.parse(value=b"", headers=[*{**_HEADERS, name: value}.items()])


@given(st.dictionaries(st.sampled_from([*_HEADERS, "retries", "rejects"]), st.binary(max_size=16)))
def test_any_headers_make_a_message_or_are_refused(headers: dict[str, bytes]) -> None:
    try:
        LandingMessage.parse(value=b"", headers=[*(_HEADERS | headers).items()])
    except MalformedLanding:
        return


def test_a_block_of_no_rows_is_no_bytes() -> None:
    schema = row_schema(VENUE)
    assert encode_block(schema.empty_table()) == b""
    assert decode_block(b"", schema).schema == schema


def test_a_block_is_an_arrow_stream_of_its_own() -> None:
    table = pa.table({"number": [1, 2, 3]})
    assert decode_block(encode_block(table), table.schema) == table
