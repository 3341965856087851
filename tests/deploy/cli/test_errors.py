"""What stops a command on this machine is explained in one sentence that says what to do, without a traceback."""

import shutil
import socket
from contextlib import closing
from pathlib import Path

import pytest

from deploy.local.ports import LOOPBACK, free_ports
from tests.deploy.cli.running import run

_ROOT = Path(__file__).parents[3]
_ROOMS = ("schemas", "streams", "sinks", "deploy", "loadtest")
# The real command line on a disk that has 5 MiB left.
_ON_A_FULL_DISK = """
import shutil
from collections import namedtuple
shutil.disk_usage = lambda path: namedtuple("Usage", "total used free")(2**40, 2**40 - 5 * 2**20, 5 * 2**20)
from deploy.cli import main
main(prog_name="scanstream")
"""


def test_a_missing_java(tmp_path: Path) -> None:
    line = run("kafka", directory=tmp_path, PATH=str(tmp_path), JAVA_HOME="")
    assert line.startswith("Error: Kafka needs Java 17 or newer and no `java` was found; install ")


def test_missing_jars(tmp_path: Path) -> None:
    for room in _ROOMS:
        shutil.copytree(_ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from deploy.cli import main; main()"
    line = run("kafka", directory=tmp_path / "data", code=code)
    assert line == "Error: Kafka's jars are not there yet; run `make setup` (it needs Maven) and try again."


@pytest.mark.parametrize(
    ("command", "port", "purpose"),
    [("kafka", 92, "Kafka"), ("kafka", 93, "Kafka's controller"), ("clickhouse", 123, "ClickHouse")],
)
def test_a_taken_port_of_a_store(tmp_path: Path, command: str, port: int, purpose: str) -> None:
    base = free_ports(1)[0]
    with closing(socket.create_server((LOOPBACK, base + port))):
        line = run(command, directory=tmp_path, SCANSTREAM_PORT_BASE=str(base))
    assert line.startswith(f"Error: Port {base + port} for {purpose} is taken; stop what listens there, or set ")
    assert "SCANSTREAM_PORT_BASE" in line


def test_a_taken_port_of_the_gateway(tmp_path: Path) -> None:
    with closing(socket.create_server((LOOPBACK, 0))) as taken:
        port = taken.getsockname()[1]
        line = run("gateway", directory=tmp_path, SCANSTREAM_GATEWAY_PORT=str(port))
    assert line.startswith(f"Error: Port {port} for the gateway is taken; stop what listens there, or set ")


def test_an_address_this_machine_does_not_have(tmp_path: Path) -> None:
    line = run("gateway", "--listen-host", "192.0.2.1", "--gateway-port", "20001", directory=tmp_path)
    assert line.startswith("Error: Nothing can listen on 192.0.2.1, port 20001, for the gateway (Cannot assign ")
    assert "set SCANSTREAM_LISTEN_HOST to an address of this machine" in line


@pytest.mark.parametrize(
    "command", [["kafka"], ["clickhouse"], ["up"], ["demo"], ["loadtest", "chaos"], ["bench", "drain"]]
)
def test_a_data_directory_nothing_can_be_written_to(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").touch()
    line = run(*command, directory=tmp_path / "file" / "data")
    assert line.startswith(f"Error: Nothing can be written to {tmp_path / 'file' / 'data'}")
    assert line.endswith("make it a directory you may write to, or choose another with SCANSTREAM_DATA_DIR.")


@pytest.mark.parametrize(("command", "store"), [("kafka", "Kafka"), ("clickhouse", "ClickHouse"), ("up", "Kafka")])
def test_a_full_disk(tmp_path: Path, command: str, store: str) -> None:
    line = run(command, directory=tmp_path, code=_ON_A_FULL_DISK)
    assert line.startswith("Error: Only 5 MiB are free on the disk of ")
    assert f"; {store} needs at least 1 GiB: free some space, or choose another directory" in line


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        (
            "SCANSTREAM_PARTITIONS",
            "many",
            "SCANSTREAM_PARTITIONS (or --partitions) is 'many'; it must be a whole number.",
        ),
        ("SCANSTREAM_KAFKA", "kafka", "is 'kafka'; it must be like host:9092, several separated by commas."),
        ("SCANSTREAM_CLICKHOUSE_URL", "clickhouse:8123", "it must be like http://host:8123."),
    ],
)
def test_a_wrong_setting(tmp_path: Path, setting: str, value: str, sentence: str) -> None:
    assert run("up", directory=tmp_path, **{setting: value}).endswith(sentence)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "No such file or directory"),
        ("id,name\n1,Chợ\n".encode(), "must name the columns place_id, name,"),
        (b"place_id,name\n0,Cho\n", "Nothing was imported: line 2: place_id must be at least 1."),
        ("place_id,name\n1,Chợ\n".encode("utf-16"), "the file is not in UTF-8; save it as UTF-8 and try again."),
        (
            b"place_id,name\n1," + 200_000 * b"x" + b"\n",
            "Nothing was read: what follows line 1 is no CSV (field larger ",
        ),
    ],
)
def test_a_register_of_places_that_cannot_be_read(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    register = tmp_path / "places.csv"
    if content is not None:
        register.write_bytes(content)
    line = run("places", "import", str(register), directory=tmp_path)
    assert line.startswith("Error: ")
    assert sentence in line
