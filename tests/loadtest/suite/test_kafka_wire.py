"""Requests are what Kafka's protocol says, whole or in pieces."""

from io import BytesIO

from aiokafka.protocol.produce import ProduceRequest_v7, ProduceResponse_v7

from loadtest.suite.kafka_wire import Answer, frames, produce_answers, produce_request


def test_a_produce_request_is_what_another_client_reads() -> None:
    batches = {0: memoryview(b"first batch"), 3: memoryview(b"second")}
    whole = b"".join(produce_request("scans.venue.v1", batches, correlation=7))
    assert int.from_bytes(whole[:4], "big") == len(whole) - 4
    header, body = whole[4 : 4 + 10 + len(b"loadtest")], whole[4 + 10 + len(b"loadtest") :]
    assert header == b"\0\0" + b"\0\7" + b"\0\0\0\7" + b"\0\x08loadtest"
    read = ProduceRequest_v7.decode(BytesIO(body))
    assert (read.transactional_id, read.required_acks) == (None, -1)
    assert read.topics == [("scans.venue.v1", [(0, b"first batch"), (3, b"second")])]


def test_a_response_tells_offset_and_stamp_of_each_partition() -> None:
    body = ProduceResponse_v7([("topic", [(0, 0, 500, 1_700, 0), (3, 6, -1, -1, 0)])], 0).encode()
    correlation, answers = produce_answers((7).to_bytes(4, "big") + body)
    assert correlation == 7
    assert answers == [
        Answer(partition=0, error=0, base_offset=500, logged_ms=1_700),
        Answer(partition=3, error=6, base_offset=-1, logged_ms=-1),
    ]


def test_frames_come_whole_however_they_arrive() -> None:
    sent = b"".join(len(each).to_bytes(4, "big") + each for each in (b"one", b"", b"three"))
    received, found = bytearray(), list[bytes]()
    for byte in sent:
        received.append(byte)
        found += frames(received)
    assert found == [b"one", b"", b"three"]
    assert not received
