"""What the sink relies on: Arrow bodies as they are, tokens that make a repeated insert harmless, blocks kept whole."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.deploy.embedded.running import RunningServer

pytestmark = pytest.mark.integration

_TABLE = """CREATE TABLE scans (place_id UInt32, event_time DateTime64(3), subject FixedString(16), verdict UInt8)
    ENGINE = MergeTree PARTITION BY toYYYYMMDD(event_time) ORDER BY (place_id, event_time)
    SETTINGS non_replicated_deduplication_window = 100"""
_INSERT = "INSERT INTO scans (place_id, event_time, subject, verdict) FORMAT ArrowStream"
_DAY_MS = 86_400_000


def _batch(count: int, *, seed: int, days: int = 1) -> pa.RecordBatch:
    draw = np.random.default_rng(seed)
    times = 1_700_000_000_000 + draw.integers(0, days * _DAY_MS, count)
    subjects = pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), count, [None, pa.py_buffer(draw.bytes(16 * count))])
    columns = {
        "place_id": pa.array(draw.integers(0, 5000, count, dtype="u4")),
        "event_time": pa.array(times).cast(pa.timestamp("ms")),
        "subject": subjects,
        "verdict": pa.array(draw.integers(0, 3, count, dtype="u1")),
    }
    return pa.record_batch(columns)


def _stream(batches: Sequence[pa.RecordBatch], compression: str = "lz4") -> bytes:
    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, batches[0].schema, options=options) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getvalue()


def _insert(server: RunningServer, database: str, body: bytes, token: str = "") -> int:
    parameters: dict[str, Any] = {"query": _INSERT, "database": database, "insert_deduplication_token": token}
    return server.request("POST", body=body, **parameters).status


@pytest.fixture
def scans(server: RunningServer, database: str) -> str:
    """Make the table and return its database."""
    server.query(_TABLE, database=database)
    return database


@pytest.mark.parametrize("compression", ["lz4", "zstd", None])
def test_an_arrow_stream_lands_unchanged(server: RunningServer, scans: str, compression: str) -> None:
    batch = _batch(20_000, seed=1)
    assert _insert(server, scans, _stream([batch], compression)) == 200
    answer = server.request("GET", query="SELECT * FROM scans FORMAT ArrowStream", database=scans)
    found = pa.ipc.open_stream(answer.body).read_all().sort_by("subject")
    expected = pa.Table.from_batches([batch]).sort_by("subject")
    for column in ("place_id", "subject", "verdict"):
        assert found[column].to_pylist() == expected[column].to_pylist()
    assert [t.timestamp() for t in found["event_time"].to_pylist()] == [
        t.timestamp() for t in expected["event_time"].cast(pa.timestamp("ms", "UTC")).to_pylist()
    ]


def test_the_same_token_lands_once_and_another_token_lands_again(server: RunningServer, scans: str) -> None:
    body = _stream([_batch(1000, seed=2)])
    for token in ("venue-0-0-999", "venue-0-0-999", "venue-0-1000-1999"):
        assert _insert(server, scans, body, token) == 200
    assert server.query("SELECT count() FROM scans", database=scans) == "2000"


def test_a_token_covers_an_insert_that_spans_partitions_and_record_batches(server: RunningServer, scans: str) -> None:
    body = _stream([_batch(5000, seed=seed, days=4) for seed in range(3)])
    for _ in range(3):
        assert _insert(server, scans, body, "t-1") == 200
    partitions = "SELECT uniqExact(toYYYYMMDD(event_time)), count(), uniqExact(subject) FROM scans"
    assert server.query(partitions, database=scans) == "5\t15000\t15000"


def test_a_token_is_remembered_over_another_body(server: RunningServer, scans: str) -> None:
    assert _insert(server, scans, _stream([_batch(10, seed=1)]), "t") == 200
    assert _insert(server, scans, _stream([_batch(20, seed=2)]), "t") == 200
    assert server.query("SELECT count() FROM scans", database=scans) == "10"


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.99])
def test_a_truncated_body_is_an_error_and_lands_nothing(server: RunningServer, scans: str, cut: float) -> None:
    body = _stream([_batch(1000, seed=3)])
    assert _insert(server, scans, body[: int(len(body) * cut)]) >= 400
    assert server.query("SELECT count() FROM scans", database=scans) == "0"


def test_a_missing_column_is_an_error_with_a_code(server: RunningServer, scans: str) -> None:
    query = "INSERT INTO scans (place_id, nothing) FORMAT ArrowStream"
    answer = server.request("POST", query=query, body=_stream([_batch(1, seed=4)]), database=scans)
    assert answer.headers["x-clickhouse-exception-code"] == "16"


def test_a_large_insert_makes_one_part_for_each_partition(server: RunningServer, scans: str) -> None:
    server.query("SYSTEM STOP MERGES scans", database=scans)
    assert _insert(server, scans, _stream([_batch(100_000, seed=5)])) == 200
    parts = "SELECT count(), sum(rows) FROM system.parts WHERE database = currentDatabase() AND active"
    assert int(server.query(parts, database=scans).split("\t")[0]) <= 2
    assert server.query(parts, database=scans).endswith("\t100000")
