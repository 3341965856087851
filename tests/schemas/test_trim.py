from collections.abc import Mapping

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from schemas import trim
from schemas.enums import Verdict
from schemas.kinds import VENUE
from schemas.landing import Counts, LandingMessage, decode_block, landed_rows
from schemas.rows import REJECT_SCHEMA, row_schema
from schemas.trim import count_rows
from tests.schemas.landing import Outcome, message_of, messages, outcomes


def _decided(message: LandingMessage | None) -> Mapping[int, object]:
    """Return what a message says of each offset: the row, the dead letter, or that it was a retry."""
    if message is None:
        return {}
    rows = landed_rows(message).to_pylist()
    rejects = decode_block(message.rejects, REJECT_SCHEMA).to_pylist()
    retries = (message.retries.astype(int) + message.first).tolist()
    return {row["_offset"]: row for row in [*rows, *rejects]} | dict.fromkeys(retries, "retry")


@given(messages, st.integers(-2, 14))
def test_what_is_cut_off_and_what_remains_are_the_whole(message: LandingMessage, cut: int) -> None:
    offset = message.first + cut
    rest, whole = trim.after(message, offset), _decided(message)
    assert _decided(rest) == {at: outcome for at, outcome in whole.items() if at > offset}


@given(st.lists(outcomes, min_size=1, max_size=12), st.data())
def test_counts_of_both_parts_add_up(decided: list[Outcome], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(decided) - 1))
    head = message_of(decided[: cut + 1]).counts
    rest = trim.after(message_of(decided), cut)
    tail = Counts() if rest is None else rest.counts
    assert tail.balanced
    assert head + tail == message_of(decided).counts


@given(messages, st.integers(-2, 14), st.integers(-2, 14))
def test_cutting_again_changes_nothing_more(message: LandingMessage, one: int, other: int) -> None:
    first_cut, second_cut = message.first + one, message.first + other
    once = trim.after(message, max(first_cut, second_cut))
    part = trim.after(message, first_cut)
    twice = None if part is None else trim.after(part, second_cut)
    assert _decided(twice) == _decided(once)
    assert (twice is None) == (once is None)
    if twice is not None and once is not None:
        assert (twice.first, twice.last, twice.counts, twice.checked) == (
            once.first, once.last, once.counts, once.checked,
        )  # fmt: skip


@given(messages, st.integers(0, 10))
def test_a_message_above_the_offset_is_itself(message: LandingMessage, gap: int) -> None:
    assert trim.after(message, message.first - 1 - gap) is message


@given(messages, st.integers(0, 10))
def test_nothing_remains_of_a_message_that_is_covered(message: LandingMessage, gap: int) -> None:
    assert trim.after(message, message.last + gap) is None


@given(messages, st.integers(0, 10))
def test_the_rest_keeps_what_is_true_behind_its_last_offset(message: LandingMessage, cut: int) -> None:
    rest = trim.after(message, message.first + cut)
    if rest is None:
        return
    assert (rest.first, rest.last) == (message.first + cut + 1, message.last)
    assert (rest.watermark_ms, rest.ahead, rest.partition) == (message.watermark_ms, message.ahead, message.partition)
    assert rest.checked == sum(row["flags"] == 128 for row in landed_rows(rest).to_pylist())


@given(messages, st.integers(0, 10))
def test_the_rest_is_a_message_that_can_be_sent(message: LandingMessage, cut: int) -> None:
    rest = trim.after(message, message.first + cut)
    if rest is not None:
        again = LandingMessage.parse(value=rest.value, headers=rest.headers())
        assert again.counts == rest.counts
        assert _decided(again) == _decided(rest)


def test_a_part_of_retries_alone_has_no_blocks() -> None:
    rest = trim.after(message_of([Outcome(Verdict.ACCEPTED), Outcome(Verdict.RETRY), Outcome(Verdict.RETRY)]), 0)
    assert rest is not None
    assert (rest.value, rest.rejects, rest.retries.tolist()) == (b"", b"", [0, 1])
    assert rest.counts == Counts(seen=2, retry=2)


def test_no_rows_are_counted_as_none() -> None:
    empty: pa.Table = row_schema(VENUE).empty_table()
    assert count_rows(empty, rejected=2, retry=3) == Counts(seen=5, retry=3, rejected=2)
