import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.transport.record_batch import CorruptBatch, Records, read_records
from tests.streams.transport.batches import CONTROL, Codec, Sent, batch_of, sealed

_BYTES = st.one_of(st.none(), st.binary(max_size=40))
_SENT = st.builds(
    Sent,
    key=_BYTES,
    value=_BYTES,
    created_ms=st.integers(0, 1 << 42),
    headers=st.lists(st.tuples(st.text(max_size=3), st.binary(max_size=3)), max_size=2).map(tuple),
)
_SOME = st.lists(_SENT, min_size=1, max_size=8)
_ONE = batch_of([Sent(b"key", b"value")], base=5)

every_codec = pytest.mark.parametrize("codec", Codec)


def _read(records: Records) -> list[tuple[int, bytes | None, bytes | None, int]]:
    def message(lengths: int, data: bytes) -> bytes | None:
        return None if lengths < 0 else data

    return [
        (
            int(records.offsets[row]),
            message(int(records.keys.lengths[row]), records.keys.message(row)),
            message(int(records.values.lengths[row]), records.values.message(row)),
            int(records.logged_ms[row]),
        )
        for row in range(len(records))
    ]


@every_codec
@given(sent=_SOME, base=st.integers(0, 1 << 60))
def test_records_come_back_with_offset_key_value_and_producers_time(codec: Codec, sent: list[Sent], base: int) -> None:
    data = batch_of(sent, base=base, codec=codec)
    assert _read(read_records(data)) == [
        (base + delta, record.key, record.value, record.created_ms) for delta, record in enumerate(sent)
    ]


@given(
    st.sampled_from(Codec),
    st.lists(_BYTES, min_size=1, max_size=5),
    st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=200)), max_size=8),
)
def test_headers_of_any_number_and_size_are_stepped_over(
    codec: Codec, values: list[bytes | None], headers: list[tuple[str, bytes]]
) -> None:
    bare = [Sent(b"key", value) for value in values]
    dressed = [replace(record, headers=tuple(headers)) for record in bare]
    assert _read(read_records(batch_of(dressed, codec=codec))) == _read(read_records(batch_of(bare, codec=codec)))


@given(sent=_SOME, appended_ms=st.integers(0, 1 << 42), codec=st.sampled_from(Codec))
def test_the_brokers_time_counts_where_the_topic_has_it(sent: list[Sent], appended_ms: int, codec: Codec) -> None:
    records = read_records(batch_of(sent, codec=codec, appended_ms=appended_ms))
    assert records.logged_ms.tolist() == [appended_ms] * len(sent)


@given(st.lists(st.tuples(_SOME, st.sampled_from(Codec)), max_size=4))
def test_batches_of_one_fetch_follow_each_other(parts: list[tuple[list[Sent], Codec]]) -> None:
    data = b""
    expected: list[tuple[bytes | None, bytes | None]] = []
    for sent, codec in parts:
        data += batch_of(sent, base=len(expected), codec=codec)
        expected += [(record.key, record.value) for record in sent]
    read = _read(read_records(data))
    assert [(key, value) for _, key, value, _ in read] == expected
    assert [offset for offset, *_ in read] == list(range(len(expected)))


def test_control_batches_are_left_out() -> None:
    marker = batch_of([Sent(b"\0\0\0\0", b"\0\0\0\0\0\0")], base=1, attributes=CONTROL)
    records = read_records(batch_of([Sent(b"a", b"1")]) + marker + batch_of([Sent(b"b", b"2")], base=2))
    assert [(offset, key) for offset, key, *_ in _read(records)] == [(0, b"a"), (2, b"b")]


@given(_SOME, st.integers(0, 200))
def test_a_batch_cut_off_by_the_fetch_size_is_left_for_the_next_fetch(sent: list[Sent], kept: int) -> None:
    tail = batch_of(sent, base=6)
    records = read_records(_ONE + tail[: min(kept, len(tail) - 1)])
    assert _read(records) == [(5, b"key", b"value", 1_622_523_600_000)]


def test_no_bytes_are_no_records() -> None:
    assert len(read_records(b"")) == 0


@given(st.integers(21, len(_ONE) - 1), st.integers(1, 255))
def test_a_changed_byte_is_seen(at: int, change: int) -> None:
    damaged = bytearray(_ONE)
    damaged[at] ^= change
    with pytest.raises(CorruptBatch, match="checksum of the record batch at offset 5 does not match"):
        read_records(bytes(damaged))


def test_an_older_format_is_refused() -> None:
    old = bytearray(_ONE)
    old[16] = 1
    with pytest.raises(CorruptBatch, match="record batch of format 1 at offset 5; only format 2 is read"):
        read_records(bytes(old))


def _changed(at: int, layout: str, number: int) -> bytes:
    batch = bytearray(_ONE)
    struct.pack_into(layout, batch, at, number)
    return sealed(batch)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (_changed(8, ">i", -12), "says that it is -12 bytes long"),
        (_changed(8, ">i", 0), "says that it is 0 bytes long"),
        (_changed(57, ">i", -1), "can't hold -1 records"),
        (_changed(57, ">i", 1 << 30), "can't hold 1073741824 records"),
        (_changed(57, ">i", 2), "the records of the batch at offset 5 are damaged"),
        (_changed(21, ">h", 5), "compression 5 of the batch at offset 5 is not known"),
        *((_changed(21, ">h", int(codec)), "can't be decompressed") for codec in Codec if codec),
        (_changed(61, ">b", 126), "the records of the batch at offset 5 are damaged"),
        (_changed(61, ">b", -1), "the records of the batch at offset 5 are damaged"),
    ],
)
def test_what_contradicts_itself_is_corrupt(data: bytes, complaint: str) -> None:
    with pytest.raises(CorruptBatch, match=complaint):
        read_records(data)


def test_more_records_than_the_header_counts_are_corrupt() -> None:
    batch = bytearray(batch_of([Sent(b"a", b"1"), Sent(b"b", b"2")], base=5))
    struct.pack_into(">i", batch, 57, 1)
    with pytest.raises(CorruptBatch, match="the records of the batch at offset 5 are damaged"):
        read_records(sealed(batch))


@given(
    sent=_SOME,
    codec=st.sampled_from(Codec),
    damage=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4),
    resealed=st.booleans(),
    check_crcs=st.booleans(),
)
def test_damaged_bytes_are_read_or_corrupt_and_nothing_else(
    sent: list[Sent], codec: Codec, damage: list[tuple[int, int]], resealed: bool, check_crcs: bool
) -> None:
    batch = bytearray(batch_of(sent, codec=codec))
    for at, byte in damage:
        batch[at % len(batch)] = byte
    data = sealed(batch) if resealed else bytes(batch)
    try:
        records = read_records(data, check_crcs=check_crcs)
    except CorruptBatch:
        return
    for spans in (records.keys, records.values):
        ends = spans.starts + np.maximum(spans.lengths, 0)
        assert ((spans.starts >= 0) & (ends <= len(spans.buffer))).all()


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_corrupt(data: bytes) -> None:
    try:
        read_records(data, check_crcs=False)
    except CorruptBatch:
        return


@given(_SOME, st.integers(-2, 12))
def test_records_since_an_offset_are_those_at_and_above_it(sent: list[Sent], offset: int) -> None:
    records = read_records(batch_of(sent, base=2))
    assert _read(records.since(offset)) == [record for record in _read(records) if record[0] >= offset]


@given(_SOME, st.integers(1, 5), st.integers(1, 100))
def test_pieces_are_the_whole_and_as_small_as_asked(sent: list[Sent], most_events: int, most_bytes: int) -> None:
    records = read_records(batch_of(sent))
    pieces = records.pieces(most_events=most_events, most_bytes=most_bytes)
    assert [record for piece in pieces for record in _read(piece)] == _read(records)
    for piece in pieces:
        sizes = [len(key or b"") + len(value or b"") for _, key, value, _ in _read(piece)]
        assert 1 <= len(piece) <= most_events
        assert len(piece) == 1 or sum(sizes) <= most_bytes


def test_no_records_are_one_empty_piece() -> None:
    assert [len(piece) for piece in read_records(b"").pieces(most_events=5, most_bytes=5)] == [0]
