"""Stores that are not there, refuse or are empty are explained in one sentence that says what to do."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.kafka.broker import Broker
from deploy.kafka.topics import create_topics
from deploy.kafka.wanted import wanted_topics
from deploy.local.clickhouse import EmbeddedClickHouse
from deploy.local.ports import LOOPBACK
from tests.deploy.cli.running import NOWHERE, run


# Brokers of our own: our topics have fixed names, and whether they are there matters.
@pytest.fixture(scope="module", name="empty_kafka")
def _empty_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with _running_broker(tmp_path_factory.mktemp("empty_kafka")) as broker:
        yield broker


@pytest.fixture(scope="module", name="kafka_with_topics")
def _kafka_with_topics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with _running_broker(tmp_path_factory.mktemp("kafka_with_topics")) as broker:
        create_topics(broker.bootstrap, wanted_topics(partitions=1))
        yield broker


@contextmanager
def _running_broker(directory: Path) -> Iterator[Broker]:
    broker = Broker(directory)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


@pytest.mark.parametrize("command", [["up"], ["worker"], ["migrate"]])
def test_no_kafka_at_the_address(tmp_path: Path, command: list[str]) -> None:
    line = run(*command, directory=tmp_path, **NOWHERE)
    assert line.startswith("Error: No Kafka answers at 127.0.0.1:1; start it, correct SCANSTREAM_KAFKA, or leave ")


@pytest.mark.parametrize("command", [["ledger"], ["dead-letters", "list"]])
def test_no_clickhouse_at_the_address(tmp_path: Path, command: list[str]) -> None:
    line = run(*command, directory=tmp_path, **NOWHERE)
    assert line.startswith(
        "Error: No ClickHouse answers at http://127.0.0.1:1; start it, correct SCANSTREAM_CLICKHOUSE_URL,"
    )


def test_a_host_nobody_knows(tmp_path: Path) -> None:
    line = run("ledger", directory=tmp_path, SCANSTREAM_CLICKHOUSE_URL="http://nowhere.invalid:8123")
    assert line.startswith("Error: No ClickHouse answers at http://nowhere.invalid:8123;")


def test_something_else_at_clickhouses_address(tmp_path: Path) -> None:
    with _speaks_no_http() as url:
        line = run("ledger", directory=tmp_path, SCANSTREAM_CLICKHOUSE_URL=url)
    assert line.startswith(f"Error: No ClickHouse answers at {url};")


@pytest.mark.integration
@pytest.mark.parametrize("command", ["ledger", "migrate", "sink", "up"])
def test_a_wrong_password(
    tmp_path: Path, kafka_with_topics: Broker, clickhouse: EmbeddedClickHouse, command: str
) -> None:
    line = run(
        command,
        directory=tmp_path,
        SCANSTREAM_KAFKA=kafka_with_topics.bootstrap,
        SCANSTREAM_PARTITIONS="1",
        SCANSTREAM_CLICKHOUSE_URL=clickhouse.url,
        SCANSTREAM_CLICKHOUSE_PASSWORD="not this one",  # noqa: S106 -- nobody's
    )
    assert line.startswith("Error: ClickHouse refuses the request ")
    assert line.endswith("; correct the ClickHouse user and password.")
    assert "not this one" not in line


@pytest.mark.integration
@pytest.mark.parametrize("command", [["ledger"], ["dead-letters", "list"], ["dead-letters", "replay"]])
def test_a_database_without_tables(
    tmp_path: Path,
    kafka: Broker,
    clickhouse: EmbeddedClickHouse,
    unique_name: Callable[[str], str],
    command: list[str],
) -> None:
    line = run(
        *command,
        directory=tmp_path,
        SCANSTREAM_KAFKA=kafka.bootstrap,
        SCANSTREAM_CLICKHOUSE_URL=clickhouse.url,
        SCANSTREAM_CLICKHOUSE_DATABASE=unique_name("empty"),
    )
    assert line.endswith("; run `scanstream migrate` first.")


@pytest.mark.integration
@pytest.mark.parametrize("command", ["worker", "gateway", "sink"])
def test_a_kafka_without_our_topics(
    tmp_path: Path, empty_kafka: Broker, clickhouse: EmbeddedClickHouse, command: str
) -> None:
    addresses = {"SCANSTREAM_KAFKA": empty_kafka.bootstrap, "SCANSTREAM_CLICKHOUSE_URL": clickhouse.url}
    line = run(command, directory=tmp_path, **addresses)
    assert line.startswith(f"Error: Kafka at {empty_kafka.bootstrap} has no topic ")
    assert line.endswith(" yet; run `scanstream migrate` first.")


@pytest.mark.integration
def test_a_key_file_that_is_not_there(tmp_path: Path, kafka_with_topics: Broker) -> None:
    missing, kafka = str(tmp_path / "key"), kafka_with_topics.bootstrap
    line = run("gateway", directory=tmp_path, SCANSTREAM_KAFKA=kafka, SCANSTREAM_PSEUDONYM_KEY_FILE=missing)
    assert line.startswith(f"Error: The key file {missing} can't be read (No such file or directory); correct ")


@pytest.mark.integration
@pytest.mark.parametrize("command", ["worker", "gateway"])
def test_a_directory_for_files_of_a_process_nothing_can_be_written_to(
    tmp_path: Path, kafka_with_topics: Broker, command: str
) -> None:
    (tmp_path / "file").touch()
    line = run(command, directory=tmp_path / "file" / "data", SCANSTREAM_KAFKA=kafka_with_topics.bootstrap)
    assert line.startswith(f"Error: Nothing can be written to {tmp_path / 'file' / 'data'}")


class _Nonsense(http.server.BaseHTTPRequestHandler):
    """Answers as a server does that speaks something else."""

    def do_GET(self) -> None:
        self.wfile.write(b"\x15\x03\x01 this is not HTTP\r\n\r\n")
        self.close_connection = True

    def log_message(self, *_arguments: object) -> None:
        """Write nothing."""


@contextmanager
def _speaks_no_http() -> Iterator[str]:
    with http.server.HTTPServer((LOOPBACK, 0), _Nonsense) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://{LOOPBACK}:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()
