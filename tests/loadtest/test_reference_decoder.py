import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.reference_decoder import Malformed, read_message
from schemas.decode import decode_batch, spans_of
from schemas.kinds import SCANS, VENUE, Feed
from schemas.plan import plan_of
from tests.loadtest.scenarios import rough_workload


def _status(feed: Feed, message: bytes) -> int:
    try:
        read_message(feed, message)
    except Malformed as malformed:
        return int(malformed.reason)
    return 0


@pytest.mark.parametrize("feed", SCANS, ids=lambda feed: feed.name)
def test_both_decoders_agree_about_generated_messages(feed: Feed) -> None:
    chunk = next(rough_workload(feed, events=500).chunks())
    messages = [value or b"" for value in chunk.values]
    columns, status = decode_batch(plan_of(feed), spans_of(messages))
    assert status.tolist() == [_status(feed, message) for message in messages]
    for row in np.flatnonzero(status == 0).tolist():
        record = read_message(feed, messages[row])
        assert record["scan_id"] == columns.words("scan_id")[row].tobytes()
        assert record["subject"] == columns.words("subject")[row].tobytes()
        assert [record[name] for name in columns.plan.integers if name not in {"latitude", "longitude"}] == [
            columns.integer(name)[row] for name in columns.plan.integers if name not in {"latitude", "longitude"}
        ]


@given(st.integers(0, 199), st.lists(st.tuples(st.integers(0, 120), st.integers(0, 255)), min_size=1, max_size=3))
def test_both_decoders_agree_about_damaged_messages(row: int, damage: list[tuple[int, int]]) -> None:
    message = bytearray(_MESSAGES[row])
    for at, byte in damage:
        if at < len(message):
            message[at] = byte
        else:
            message.append(byte)
    _columns, status = decode_batch(plan_of(VENUE), spans_of([bytes(message)]))
    assert status.tolist() == [_status(VENUE, bytes(message))]


_MESSAGES = [value or b"" for value in next(rough_workload(events=200).chunks()).values]
