"""Run our own worker and sink on the same topic, measured as the peers are, every row compared with the truth."""

import time

from loadtest.check import check_feed
from loadtest.cpu import CpuMeter, cpu_seconds
from loadtest.drain import wait_drained
from loadtest.offsets import end_offsets
from loadtest.peers.expected import wanted
from loadtest.peers.memory import PeakMemory
from loadtest.peers.peer import Peer, Say
from loadtest.peers.record import Record
from loadtest.peers.rows import count_rows, count_unique
from loadtest.peers.stage import Stage
from loadtest.progress import Progress
from loadtest.run import Run
from loadtest.system import Role

_ROLES: tuple[Role, ...] = ("worker", "sink")
_PERIOD_SECONDS = 0.1
#: Clocks of this machine's processes agree; a pause of one may still be as long.
_PAUSE_MS = 10_000


def run_own(peer: Peer, stage: Stage, run: Run, *, repeat: int, limit_seconds: float, say: Say) -> Record:
    """Start sink and worker, wait until the ledger covers every event, check every row; return the record.

    Raises NotDrained after `limit_seconds`.
    """
    system, ends = stage.system, end_offsets(stage.system.kafka, run.feed.topic)
    others = CpuMeter({role: system.pids(role) for role in ("clickhouse", "broker")})
    began = time.monotonic()
    with PeakMemory(lambda: _pids(stage)) as memory:
        stage.start_own()
        ready, start_cpu = time.monotonic(), _cpu(stage)
        done = wait_drained(
            system.clickhouse(),
            run.feed,
            ends=ends,
            timeout_seconds=limit_seconds,
            on_progress=Progress(say, peer.name),
            period_seconds=_PERIOD_SECONDS,
        )
        spent = {"peer": _cpu(stage), **others.seconds()}
    must, client = wanted(run.published), system.clickhouse()
    expected = run.expected(uncertainty_ms=_PAUSE_MS + run.known_within_ms)
    rows = count_rows(client, run.feed.table)
    return Record(
        peer=peer.name,
        repeat=repeat,
        published=len(run),
        expected_rows=must.rows,
        expected_unique=must.unique,
        seen_rows=rows,
        rows=rows,
        unique_rows=count_unique(client, run.feed.table),
        seconds=round(done - began, 3),
        ready_seconds=round(ready - began, 3),
        cpu_seconds={name: round(each, 3) for name, each in spent.items()},
        start_cpu_seconds=round(start_cpu, 3),
        rss_bytes=memory.bytes,
        payload_bytes=run.mean_value_bytes,
        ending="complete",
        sentences=tuple(check_feed(system, run, expected).differences()),
    )


def _pids(stage: Stage) -> list[int]:
    return [pid for role in _ROLES for pid in stage.system.pids(role)]


def _cpu(stage: Stage) -> float:
    return sum(map(cpu_seconds, _pids(stage)))
