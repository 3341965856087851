"""The work in Bytewax, with recovery on. Each process is a dataflow of its own over its share of the partitions.

Run in Bytewax's own environment: ``python -m loadtest.peers.bytewax.program``.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulBatchLogic
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.run import cli_main

from loadtest.peers.common.decode import Decoder, Scan
from loadtest.peers.common.insert import LINGER_SECONDS, Writer
from loadtest.peers.common.place_file import UNKNOWN, Place, read_places
from loadtest.peers.common.ready import say_ready
from loadtest.peers.common.seen import Seen
from loadtest.peers.common.settings import PeerSettings

_FETCH_EVENTS = 10_000
#: A partition's batch: a process has several of them.
_BATCH_ROWS = 20_000
_LINGER = timedelta(seconds=LINGER_SECONDS)
_SNAPSHOTS = timedelta(seconds=10)


class ShareOfPartitions(KafkaSource):
    """Bytewax's own source, over every n-th partition: processes then share no data, so none is pickled."""

    def __init__(self, settings: PeerSettings) -> None:
        super().__init__(
            [settings.kafka],
            [settings.topic],
            batch_size=_FETCH_EVENTS,
            add_config={"fetch.message.max.bytes": str(4 << 20), "check.crcs": "false"},
        )
        self._settings = settings

    def list_parts(self) -> list[str]:
        """Return this process's partitions; Bytewax names them ``<partition>-<topic>``."""
        mine, of = self._settings.number, self._settings.processes
        return [part for part in super().list_parts() if int(part.split("-", 1)[0]) % of == mine]


class Work(StatefulBatchLogic):
    """Decode, drop what was seen, enrich: what one partition has seen, and rows that wait for a full batch."""

    def __init__(self, kept: tuple[Seen, list[Scan]] | None, places: dict[int, Place]) -> None:
        if kept is None:
            say_ready()
        self._seen, self._rows = kept or (Seen(), [])
        self._places, self._decode = places, Decoder()
        self._due: datetime | None = None

    def on_batch(self, values: list[list[Any]]) -> tuple[Iterable[list[Scan]], bool]:
        """Take fetched messages; return the batch if it is full."""
        self._rows += [row for messages in values for message in messages if (row := self._row(message))]
        self._due = self._due or datetime.now(UTC) + _LINGER
        return self._batch() if len(self._rows) >= _BATCH_ROWS else [], False

    def on_notify(self) -> tuple[Iterable[list[Scan]], bool]:
        """Return the batch, which has waited long enough."""
        return self._batch(), False

    def notify_at(self) -> datetime | None:
        """Return when the batch has waited long enough."""
        return self._due

    def snapshot(self) -> tuple[Seen, list[Scan]]:
        """Return what is kept for recovery: copies, because Bytewax pickles them later."""
        return self._seen.copy(), list(self._rows)

    def _batch(self) -> list[list[Scan]]:
        rows, self._rows, self._due = self._rows, [], None
        return [rows] if rows else []

    def _row(self, message: Any) -> Scan | None:
        scan = self._decode(message.value)
        if scan is None or not self._seen.is_new(scan["scan_id"], logged_ms := message.timestamp[1]):
            return None
        scan.update(self._places.get(scan["place_id"], UNKNOWN))
        scan["logged_at"], scan["_partition"], scan["_offset"] = logged_ms, message.partition, message.offset
        return scan


class _Partition(StatelessSinkPartition):
    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def write_batch(self, items: list[list[Scan]]) -> None:
        for rows in items:
            self._writer.insert(rows)


class ClickHouseSink(DynamicSink):
    """Batches of rows, each an insert."""

    def __init__(self, settings: PeerSettings) -> None:
        self._settings = settings

    def build(self, _step_id: str, _worker_index: int, _worker_count: int) -> _Partition:
        """Return the worker's writer."""
        return _Partition(Writer(self._settings))


def make_flow(settings: PeerSettings) -> Dataflow:
    """Return the dataflow: fetched messages travel in lists, one a partition, so that few items do."""
    places = read_places(settings.places)

    def by_partition(messages: list[Any]) -> Iterable[tuple[str, list[Any]]]:
        return [(str(number), list(group)) for number, group in groupby(messages, lambda message: message.partition)]

    flow = Dataflow(settings.group.replace("-", "_"))
    fetched = op.input("scans", flow, ShareOfPartitions(settings))
    grouped = op.flat_map_batch("by_partition", fetched, by_partition)
    rows = op.stateful_batch("work", grouped, lambda seen: Work(seen, places))
    op.output("insert", op.key_rm("batches", rows), ClickHouseSink(settings))
    return flow


def main() -> None:
    """Run one Bytewax process until it is told to stop."""
    settings = PeerSettings.from_environment()
    directory = Path(settings.directory) / f"bytewax-{settings.number}"
    directory.mkdir()
    init_db_dir(directory, 1)
    cli_main(
        make_flow(settings),
        epoch_interval=_SNAPSHOTS,
        recovery_config=RecoveryConfig(str(directory)),
    )


if __name__ == "__main__":
    main()
