"""Readers see whole inserts, and only those, while writers write."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.deploy.embedded.running import RunningServer, send

pytestmark = pytest.mark.integration

_WRITERS = 3
_INSERTS = 25
_ROWS = 200  # every insert holds 1..200, so each adds the same sum
_SUM = sum(range(1, _ROWS + 1))


def test_readers_see_whole_inserts_while_writers_write(server: RunningServer, database: str) -> None:
    server.query(f"CREATE TABLE {database}.t (writer UInt8, n UInt32) ENGINE = MergeTree ORDER BY n")
    done = threading.Event()

    def write(writer: int) -> None:
        body = b"".join(b"%d\t%d\n" % (writer, n) for n in range(1, _ROWS + 1))
        with server.connection() as connection:
            for _ in range(_INSERTS):
                insert = f"INSERT INTO {database}.t FORMAT TSV"
                answer = send(connection, "POST", body=body, headers=server.authorization, query=insert)
                assert answer.status == 200, answer.text

    def read() -> list[tuple[int, int]]:
        seen = []
        while not done.is_set():
            seen.append(_count_and_sum(server, database))
        return seen

    with ThreadPoolExecutor(_WRITERS + 2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        writers = [pool.submit(write, writer) for writer in range(_WRITERS)]
        for writer in writers:
            writer.exception()
        done.set()
    for writer in writers:
        writer.result()
    for reader in readers:
        counts = [count for count, _ in reader.result()]
        assert counts == sorted(counts)
        assert all(count % _ROWS == 0 and total == count // _ROWS * _SUM for count, total in reader.result())
    assert _count_and_sum(server, database) == (_WRITERS * _INSERTS * _ROWS, _WRITERS * _INSERTS * _SUM)


def _count_and_sum(server: RunningServer, database: str) -> tuple[int, int]:
    count, total = server.query("SELECT count(), sum(n) FROM t", database=database).split("\t")
    return int(count), int(total)
