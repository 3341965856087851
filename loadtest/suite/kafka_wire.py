"""The three Kafka requests the generator makes, over plain sockets, with aiokafka's message definitions."""

import socket
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from aiokafka.protocol.produce import ProduceResponse_v7
from aiokafka.protocol.transaction import InitProducerIdRequest_v0, InitProducerIdResponse_v0
from confluent_kafka.admin import AdminClient

from loadtest.offsets import CouldNotCheck

_CLIENT = b"loadtest"
_LENGTH, _HEADER, _SHORT = struct.Struct(">i"), struct.Struct(">hhih"), struct.Struct(">h")
_PRODUCE, _PRODUCE_VERSION, _ALL_REPLICAS, _TIMEOUT_MS = 0, 7, -1, 30_000
_BATCH = struct.Struct(">ii")  # partition, bytes of its record batch
_REQUEST_SECONDS, _PAUSE_SECONDS = 30.0, 0.05

Address = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerId:
    """An idempotent producer's identity, as the broker gave it."""

    number: int
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the broker says of one partition's batch; `error` is Kafka's code, 0 for none."""

    partition: int
    error: int
    base_offset: int
    logged_ms: int


def leaders_of(bootstrap: str, topic: str) -> dict[int, Address]:
    """Return which broker leads each partition; raise KafkaException if nobody answers."""
    told = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0}).list_topics(topic, timeout=_REQUEST_SECONDS)
    return {
        number: (told.brokers[about.leader].host, told.brokers[about.leader].port)
        for number, about in told.topics[topic].partitions.items()
        if about.leader in told.brokers
    }


def new_producer_id(address: Address) -> ProducerId:
    """Ask a broker for the identity of a new idempotent producer; raise CouldNotCheck if it gives none."""
    deadline = time.monotonic() + _REQUEST_SECONDS
    with socket.create_connection(address, timeout=_REQUEST_SECONDS) as connection:
        while True:
            answer = _ask_producer_id(connection)
            if not answer.error_code:
                return ProducerId(number=answer.producer_id, epoch=answer.producer_epoch)
            if time.monotonic() > deadline:
                raise CouldNotCheck(f"the broker gave no producer id (error {answer.error_code})")
            time.sleep(_PAUSE_SECONDS)  # a broker that has just started is still loading what it needs for that


def produce_request(topic: str, batches: Mapping[int, memoryview], *, correlation: int) -> Sequence[bytes | memoryview]:
    """Return the pieces of a request that publishes one record batch a partition and waits for all replicas."""
    name = topic.encode()
    head = _SHORT.pack(-1) + _SHORT.pack(_ALL_REPLICAS) + _LENGTH.pack(_TIMEOUT_MS) + _LENGTH.pack(1)
    head += _SHORT.pack(len(name)) + name + _LENGTH.pack(len(batches))
    pieces: list[bytes | memoryview] = []
    for partition, batch in batches.items():
        pieces += [_BATCH.pack(partition, len(batch)), batch]
    size = len(head) + sum(map(len, pieces))
    return [_framed(_PRODUCE, _PRODUCE_VERSION, correlation, size) + head, *pieces]


def produce_answers(frame: bytes) -> tuple[int, list[Answer]]:
    """Return the correlation and what a produce response (without its length) says of each partition."""
    told = ProduceResponse_v7.decode(BytesIO(frame[4:]))
    answers = [
        Answer(partition=partition, error=error, base_offset=offset, logged_ms=logged_ms)
        for _, partitions in told.topics
        for partition, error, offset, logged_ms, _ in partitions
    ]
    return _LENGTH.unpack_from(frame)[0], answers


def frames(received: bytearray) -> list[bytes]:
    """Take all whole frames out of what has been received."""
    found, at = [], 0
    while len(received) - at >= 4:
        end = at + 4 + _LENGTH.unpack_from(received, at)[0]
        if end > len(received):
            break
        found.append(bytes(received[at + 4 : end]))
        at = end
    del received[:at]
    return found


def _ask_producer_id(connection: socket.socket) -> InitProducerIdResponse_v0:
    request = InitProducerIdRequest_v0(None, _TIMEOUT_MS)
    body = request.encode()
    connection.sendall(_framed(request.API_KEY, request.API_VERSION, 0, len(body)) + body)
    return InitProducerIdResponse_v0.decode(BytesIO(_receive(connection)[4:]))


def _framed(key: int, version: int, correlation: int, body_bytes: int) -> bytes:
    header = _HEADER.pack(key, version, correlation, len(_CLIENT)) + _CLIENT
    return _LENGTH.pack(len(header) + body_bytes) + header


def _receive(connection: socket.socket) -> bytes:
    received = bytearray()
    while True:
        piece = connection.recv(65_536)
        if not piece:
            raise CouldNotCheck("the broker closed the connection")
        received += piece
        for frame in frames(received):
            return frame
