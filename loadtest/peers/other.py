"""Run a peer's processes on a full topic until every row is in ClickHouse, and measure them."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from clickhouse_connect.driver.client import Client

from loadtest.cpu import CpuMeter, cpu_seconds
from loadtest.peers.common.place_file import write_places
from loadtest.peers.common.ready import READY
from loadtest.peers.common.settings import PeerSettings
from loadtest.peers.expected import places_of, wanted
from loadtest.peers.memory import PeakMemory
from loadtest.peers.peer import Command, Peer, Say, Started
from loadtest.peers.record import Record
from loadtest.peers.rows import count_rows, count_unique
from loadtest.peers.stage import Stage, environment
from loadtest.peers.watch import Look, watch_rows
from loadtest.progress import Progress
from loadtest.run import Run

#: The table a peer writes: as wide and as sorted as ours.
_TABLE = "peer_rows"
_PLACES = "places.tsv"
#: How long rows that come twice have time to come, once all are there.
_QUIET_SECONDS = 2.0
_SHOWN_CHARACTERS = 3_000


def run_other(
    peer: Peer, program: Sequence[str], stage: Stage, run: Run, *, repeat: int, limit_seconds: float, say: Say
) -> Record:
    """Start `program` as often as the peer wants, wait for its rows, stop it, count them; return the record."""
    must, client = wanted(run.published, deduplicated=peer.kind != "floor"), stage.system.clickhouse()
    client.command(f"CREATE TABLE {_TABLE} AS {run.feed.table}")
    write_places(stage.directory / _PLACES, places_of(run.workload.fleet))
    settings = _settings(peer, stage, run)
    others = CpuMeter({role: stage.system.pids(role) for role in ("clickhouse", "broker")})
    with _running() as started, PeakMemory(lambda: [each.pid for each in started]) as memory:
        for number in range(peer.processes):
            command = Command(program, environment(settings, number=number))
            started.append(stage.start(f"{peer.name}-{number}", command))
        watched = watch_rows(_look(client, started), must.rows, limit_seconds, Progress(say, peer.name))
        spent = {"peer": _cpu(started), **others.seconds()}
        time.sleep(_QUIET_SECONDS)
        if watched.ending == "failed":
            for each in (each for each in started if each.exit_code is not None):
                say(f"{each.ending()}; its output ends:\n{each.output()[-_SHOWN_CHARACTERS:]}")
    return Record(
        peer=peer.name,
        repeat=repeat,
        published=len(run),
        expected_rows=must.rows,
        expected_unique=must.unique,
        seen_rows=watched.seen_rows,
        rows=count_rows(client, _TABLE),
        unique_rows=count_unique(client, _TABLE),
        seconds=round(watched.seconds, 3),
        ready_seconds=round(watched.ready_seconds, 3),
        cpu_seconds={name: round(seconds, 3) for name, seconds in spent.items()},
        start_cpu_seconds=round(watched.start_cpu_seconds, 3),
        rss_bytes=memory.bytes,
        payload_bytes=run.mean_value_bytes,
        ending=watched.ending,
    )


@contextmanager
def _running() -> Iterator[list[Started]]:
    """Give a list for started processes and stop them all at the end."""
    started: list[Started] = []
    try:
        yield started
    finally:
        for each in started:
            each.stop()


def _cpu(started: Sequence[Started]) -> float:
    return sum(cpu_seconds(each.pid) for each in started)


def _look(client: Client, started: list[Started]) -> Look:
    return Look(
        rows=lambda: count_rows(client, _TABLE),
        is_ready=lambda: all(READY in each.output() for each in started),
        is_alive=lambda: all(each.exit_code is None for each in started),
        cpu_seconds=lambda: _cpu(started),
    )


def _settings(peer: Peer, stage: Stage, run: Run) -> PeerSettings:
    return PeerSettings(
        kafka=stage.system.kafka,
        topic=run.feed.topic,
        partitions=run.workload.scenario.partitions,
        group=f"peer-{peer.name}",
        clickhouse_host=stage.clickhouse.host,
        clickhouse_port=stage.clickhouse.port,
        clickhouse_user=stage.clickhouse.user,
        clickhouse_password=stage.clickhouse.password,
        clickhouse_database=stage.clickhouse.database,
        table=_TABLE,
        places=stage.directory / _PLACES,
        directory=stage.directory,
        processes=peer.processes,
        variant=peer.variant,
    )
