"""Measure what a plan stands on: drains at several numbers of partitions and one live run, each on its own system."""

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.cli.progress import say
from deploy.local.directory import writable_directory
from deploy.local.rig import Rig
from deploy.settings import Settings
from deploy.user_error import UserError
from loadtest.bench_drain import bench_drain
from loadtest.bench_live import bench_live
from loadtest.drain import NotDrained
from loadtest.expected import Undecidable
from loadtest.fleet import make_fleet
from loadtest.offsets import CouldNotCheck, end_offsets
from loadtest.register import register
from schemas.kinds import VENUE

_FILE = "measured.json"
#: Small messages: 20,000 events a second on four partitions, a message of each every 0.3 s.
_LIVE_RATE, _LIVE_SECONDS, _LIVE_PARTITIONS = 20_000.0, 30.0, 4


def measure(settings: Settings, directory: Path, *, partitions: Sequence[int], events: int, seed: int) -> Path:
    """Drain `events` at each number of partitions, load one system live, and return the file with all reports.

    Raises `UserError` where a run could not be checked or a row of it was not right; then no file is written.
    """
    drains = [_drain(settings, partitions=count, events=events, seed=seed) for count in partitions]
    live = _live(settings, seed=seed)
    wrong = [run["differences"] for run in [*drains, live] if not run["balanced"]]
    if wrong:
        raise UserError(f"Rows were not as they must be, so nothing was measured: {wrong[0][0]}.")
    file = writable_directory(directory) / _FILE
    measured_at = datetime.now(UTC).isoformat(timespec="seconds")
    document = {"measured_at": measured_at, "drains": drains, "live": live}
    file.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    return file


def _drain(settings: Settings, *, partitions: int, events: int, seed: int) -> dict[str, Any]:
    say(f"draining {events:,} events on {partitions} partitions")
    with _rig(replace(settings, partitions=partitions)) as rig:
        return bench_drain(rig, events=events, seed=seed, partitions=partitions, with_floor=False, say=say)


def _live(settings: Settings, *, seed: int) -> dict[str, Any]:
    with _rig(replace(settings, partitions=_LIVE_PARTITIONS)) as rig:
        fleet = make_fleet(seed=seed)
        register(rig.kafka, fleet, updated_ms=int(time.time() * 1_000))
        rig.start_together(["sink", "worker"])
        figures = bench_live(rig, fleet, rate=_LIVE_RATE, seconds=_LIVE_SECONDS, seed=seed, say=say)
        events, messages = (sum(end_offsets(rig.kafka, topic).values()) for topic in (VENUE.topic, VENUE.landing_topic))
        return {**figures, "partitions": _LIVE_PARTITIONS, "events_per_message": round(events / messages, 1)}


@contextmanager
def _rig(settings: Settings) -> Iterator[Rig]:
    """Start Kafka and ClickHouse on data that are removed afterwards; raise UserError for what can't be checked."""
    with tempfile.TemporaryDirectory(prefix="plan-", dir=writable_directory(settings.data_dir)) as directory:
        own = replace(settings, kafka="", clickhouse_url="", port_base=0, gateway_port=0, data_dir=Path(directory))
        try:
            with Rig(own, say=say) as rig:
                yield rig
        except (CouldNotCheck, NotDrained, Undecidable) as problem:
            raise UserError(f"The run could not be checked: {problem}.") from problem
