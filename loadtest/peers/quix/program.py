"""The work in Quix Streams, with what was seen in its RocksDB state.

Run in Quix Streams' own environment: ``python -m loadtest.peers.quix.program``.
"""

from typing import Any

from quixstreams import Application, State
from quixstreams.sinks import BaseSink

from loadtest.peers.common.decode import Decoder, Scan
from loadtest.peers.common.insert import BATCH_ROWS, LINGER_SECONDS, Writer
from loadtest.peers.common.place_file import UNKNOWN, read_places
from loadtest.peers.common.ready import say_ready
from loadtest.peers.common.seen import WINDOW_MS
from loadtest.peers.common.settings import PeerSettings


def make_application(settings: PeerSettings) -> Application:
    """Return an application set up for throughput: large fetches, LZ4, a checkpoint at a full batch or every second."""
    return Application(
        broker_address=settings.kafka,
        consumer_group=settings.group,
        auto_offset_reset="earliest",
        state_dir=settings.directory / f"quix-{settings.number}",
        commit_every=BATCH_ROWS,
        commit_interval=LINGER_SECONDS,
        loglevel="WARNING",
        consumer_extra_config={
            "fetch.message.max.bytes": 4 << 20,
            "queued.min.messages": 500_000,
            "queued.max.messages.kbytes": 128 << 10,
            "check.crcs": False,
        },
        producer_extra_config={"compression.type": "lz4", "linger.ms": 50, "batch.size": 1 << 18},
        max_partition_buffer_size=100_000,
    )


class ClickHouseSink(BaseSink):
    """Rows of all partitions in one insert a checkpoint, which Quix makes before it commits."""

    def __init__(self, writer: Writer) -> None:
        super().__init__()
        self._writer = writer
        self._rows: list[Scan] = []

    def add(  # noqa: PLR0917 -- Quix's signature
        self, value: Any, key: Any, timestamp: int, headers: Any, topic: str, partition: int, offset: int
    ) -> None:
        """Take a row."""
        del key, headers, topic
        value["logged_at"], value["_partition"], value["_offset"] = timestamp, partition, offset
        self._rows.append(value)

    def flush(self) -> None:
        """Insert what there is."""
        if self._rows:
            self._writer.insert(self._rows)
            self._rows = []


class Work:
    """Decode, drop what was seen, enrich. State is kept by subject, the message's key, so no shuffle is needed."""

    def __init__(self, settings: PeerSettings) -> None:
        self._decode, self._places = Decoder(), read_places(settings.places)
        self._ready = False

    def __call__(self, value: bytes, _key: Any, timestamp: int, _headers: Any, state: State) -> Scan | None:
        """Return the row of an event that is new, else None."""
        if not self._ready:
            self._ready = True
            say_ready()
        scan = self._decode(value)
        if scan is None or not _is_new(scan["scan_id"].hex(), timestamp, state):
            return None
        scan.update(self._places.get(scan["place_id"], UNKNOWN))
        return scan


def _is_new(scan_id: str, now_ms: int, state: State) -> bool:
    """Look an id up among those of the same subject, remember it, and forget those older than the window."""
    seen = state.get("seen") or {}
    if now_ms - seen.get(scan_id, -WINDOW_MS) < WINDOW_MS:
        return False
    recent = {each: at_ms for each, at_ms in seen.items() if now_ms - at_ms < WINDOW_MS}
    state.set("seen", {**recent, scan_id: now_ms})
    return True


def main() -> None:
    """Run one Quix process until it is told to stop."""
    settings = PeerSettings.from_environment()
    app = make_application(settings)
    topic = app.topic(settings.topic, key_deserializer="bytes", value_deserializer="bytes")
    rows = app.dataframe(topic).apply(Work(settings), stateful=True, metadata=True).filter(lambda row: row is not None)
    rows.sink(ClickHouseSink(Writer(settings)))
    app.run()


if __name__ == "__main__":
    main()
