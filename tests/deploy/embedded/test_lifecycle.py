"""Starting, stopping, dying and starting again."""

import http.client
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.child import Child
from deploy.local.ports import free_ports
from tests.deploy.embedded.running import RunningServer, send

pytestmark = [pytest.mark.integration, pytest.mark.crash]

_TABLE = "CREATE TABLE IF NOT EXISTS t (writer UInt8, n UInt32) ENGINE = MergeTree ORDER BY (writer, n)"
_TOKEN = {"insert_deduplication_token": "a"}
_LANDED = "SELECT count(), uniqExact(n), max(n) FROM t WHERE writer = {writer:UInt8}"
_WAIT_SECONDS = 20.0
_PAUSE_SECONDS = 0.5  # longer than the process waits for a signal at a time
_ENOUGH_TO_START = 100_000  # rows: the query runs once its first 256 kB are there


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RunningServer]:
    """Start a server that the test may stop and kill."""
    running = RunningServer(tmp_path)
    running.start()
    yield running
    running.stop()


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.01)


def _ended(child: Child) -> bool:
    return child.exit_code is not None


class _Writer(threading.Thread):
    """Inserts single rows 0, 1, 2, … on one connection until the server is gone; `acknowledged` of them landed."""

    def __init__(self, server: RunningServer, number: int) -> None:
        super().__init__()
        self.acknowledged = 0
        self._server = server
        self._number = number

    def run(self) -> None:
        with self._server.connection() as connection:
            try:
                while self._insert(connection, self.acknowledged):
                    self.acknowledged += 1
            except (OSError, http.client.HTTPException):
                return

    def _insert(self, connection: http.client.HTTPConnection, n: int) -> bool:
        row, insert = b"%d\t%d\n" % (self._number, n), "INSERT INTO t FORMAT TSV"
        answer = send(connection, "POST", body=row, headers=self._server.authorization, query=insert)
        return answer.status == http.client.OK


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_every_acknowledged_row_survives_the_end_of_the_process(own_server: RunningServer, end: signal.Signals) -> None:
    for generation in range(3):
        own_server.query(_TABLE)
        writers = [_Writer(own_server, 10 * generation + number) for number in range(3)]
        for writer in writers:
            writer.start()
        _wait_for(lambda: all(writer.acknowledged >= 10 for writer in writers))  # noqa: B023 -- runs at once
        os.kill(own_server.pid, end)
        for writer in writers:
            writer.join()
        _wait_for(lambda: _ended(own_server.child))
        own_server.start()
        for number, writer in enumerate(writers, 10 * generation):
            landed = own_server.query(_LANDED, param_writer=number)
            count, distinct, last = map(int, landed.split("\t"))
            assert count == distinct == last + 1
            assert count - writer.acknowledged in {0, 1}  # the last one may have landed without its answer


def test_a_running_insert_is_finished_before_the_server_stops(own_server: RunningServer) -> None:
    own_server.query(_TABLE)
    stop = threading.Event()

    def lines() -> Iterator[bytes]:
        yield b"1\t1\n" * _ENOUGH_TO_START
        stop.wait()
        yield b"1\t2\n"

    outcomes: list[int] = []
    insert = threading.Thread(
        target=lambda: outcomes.append(
            own_server.request("POST", query="INSERT INTO t FORMAT TSV", body=lines()).status
        )
    )
    insert.start()
    _wait_for(lambda: own_server.query("SELECT count() FROM system.processes WHERE query_kind = 'Insert'") == "1")
    os.kill(own_server.pid, signal.SIGTERM)
    _wait_for(lambda: _refuses_connections(own_server))
    stop.set()
    insert.join()
    _wait_for(lambda: _ended(own_server.child))
    assert (outcomes, own_server.child.exit_code) == ([200], 0)
    own_server.start()
    assert own_server.query("SELECT n, count() FROM t GROUP BY n ORDER BY n") == "1\t100000\n2\t1"


def _refuses_connections(server: RunningServer) -> bool:
    try:
        return server.request("GET", "/ping").status != http.client.OK
    except (OSError, http.client.HTTPException):
        return True


def test_an_endless_query_does_not_hold_up_the_stop(own_server: RunningServer) -> None:
    endless = threading.Thread(
        target=lambda: own_server.request("POST", body=b"SELECT count() FROM system.numbers WHERE NOT ignore(number)")
    )
    endless.start()
    running = "SELECT count() FROM system.processes WHERE query LIKE '%ignore(number)%'"
    _wait_for(lambda: own_server.query(running) == "2")
    os.kill(own_server.pid, signal.SIGTERM)
    _wait_for(lambda: _ended(own_server.child))
    endless.join()
    assert own_server.child.exit_code == 0


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_an_idle_connection_does_not_hold_up_the_stop(own_server: RunningServer, end: signal.Signals) -> None:
    with own_server.connection() as connection:
        assert send(connection, "GET", "/ping").status == http.client.OK
        os.kill(own_server.pid, end)
        _wait_for(lambda: _ended(own_server.child))
    assert own_server.child.exit_code == 0


def test_a_paused_server_goes_on_where_it_was(own_server: RunningServer) -> None:
    os.kill(own_server.pid, signal.SIGSTOP)
    time.sleep(_PAUSE_SECONDS)
    os.kill(own_server.pid, signal.SIGCONT)
    assert own_server.query("SELECT sleep(0.5)") == "0"  # a server that stops would cancel it
    assert own_server.child.exit_code is None


def test_data_settings_and_dedup_tokens_outlive_a_restart(own_server: RunningServer) -> None:
    own_server.query(
        "CREATE TABLE d (n UInt8) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 10"
    )
    own_server.query("INSERT INTO d VALUES (1)", **_TOKEN)
    own_server.kill()
    own_server.start()
    own_server.query("INSERT INTO d VALUES (1)", **_TOKEN)
    assert own_server.query("SELECT count() FROM d") == "1"


def test_a_taken_port_is_told_in_one_sentence(own_server: RunningServer, tmp_path: Path) -> None:
    second = Child(RunningServer(tmp_path, port=own_server.port).program())
    _wait_for(lambda: _ended(second))
    assert second.exit_code == 2
    sentence = f"Port {own_server.port} for ClickHouse is taken; stop what listens there, or choose another port."
    assert second.output() == f"Error: {sentence}\n"


def test_a_second_server_on_the_same_data_is_refused(own_server: RunningServer, tmp_path: Path) -> None:
    second = Child(RunningServer(tmp_path, port=free_ports(1)[0]).program())
    _wait_for(lambda: _ended(second))
    assert second.exit_code == 2
    assert "already running" in second.output()
    assert "Traceback" not in second.output()
    assert own_server.query("SELECT 1") == "1"


def test_the_default_user_with_a_password_is_refused_with_the_way_out(tmp_path: Path) -> None:
    child = Child(RunningServer(tmp_path, credentials=("default", "x")).program())
    _wait_for(lambda: _ended(child))
    assert child.exit_code == 2
    assert "SCANSTREAM_CLICKHOUSE_USER" in child.output()


def test_the_default_user_without_a_password_may_do_everything_but_use_sources(tmp_path: Path) -> None:
    running = RunningServer(tmp_path, credentials=("default", ""))
    running.start()
    try:
        running.query(_TABLE)
        running.query("INSERT INTO t VALUES (1, 1)")
        assert running.query("SELECT * FROM t") == "1\t1"
        for source in (
            b"SELECT * FROM file('/etc/hostname', 'LineAsString')",
            b"SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
            b"CREATE TABLE f (a String) ENGINE = File(LineAsString, '/etc/hostname')",
            b"CREATE TABLE f (a String) ENGINE = URL('http://127.0.0.1:1/', LineAsString)",
            b"BACKUP DATABASE default TO File('/tmp/backup')",
        ):
            assert running.request("POST", body=source).headers["x-clickhouse-exception-code"] == "497"
    finally:
        running.stop()


def test_users_grants_and_row_policies_come_from_users_d(tmp_path: Path) -> None:
    running = RunningServer(tmp_path)
    users = tmp_path / "clickhouse" / "users.d"
    users.mkdir(parents=True)
    (users / "analyst.xml").write_text("""<clickhouse><users><analyst>
        <password>a</password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
        <grants><query>GRANT SELECT ON default.t</query></grants>
        <databases><default><t><filter>n = 1</filter></t></default></databases>
    </analyst></users></clickhouse>""")
    running.start()
    try:
        running.query(_TABLE)
        running.query("INSERT INTO t VALUES (1, 1), (1, 2)")
        analyst: dict[str, Any] = {"user": "analyst", "password": "a"}
        with running.connection() as connection:
            assert send(connection, "GET", query="SELECT n FROM default.t", **analyst).text == "1\n"
            refused = send(connection, "POST", body=b"DROP TABLE default.t", **analyst)
        assert refused.headers["x-clickhouse-exception-code"] == "497"
    finally:
        running.stop()
