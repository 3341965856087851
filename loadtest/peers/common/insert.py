"""Insert rows as a Python user would who reads ClickHouse's advice: clickhouse-connect, Arrow, large batches."""

import pyarrow as pa

from loadtest.peers.common.connect import connect
from loadtest.peers.common.decode import Scan
from loadtest.peers.common.place_file import ENRICHED
from loadtest.peers.common.settings import PeerSettings

#: Rows of an insert. ClickHouse's advice is 10,000 to 100,000.
BATCH_ROWS = 50_000
#: A batch that isn't full waits no longer.
LINGER_SECONDS = 1.0

_TIME = pa.timestamp("ms", "UTC")
_NUMBERS = ("key_version", "place_id", "gate", "device_id", "device_seq")
_SYMBOLS = ("token_kind", "direction", "credential", "scan_mode", "capture_mode", "source_app")
_SCHEMA = pa.schema(
    [(name, pa.binary(16)) for name in ("scan_id", "subject")]
    + [(name, pa.int64()) for name in _NUMBERS]
    + [(name, pa.string()) for name in _SYMBOLS]
    + [(name, _TIME) for name in ("event_time", "logged_at")]
    + [(name, pa.int8() if name in {"category", "department"} else pa.int32()) for name in ENRICHED]
    + [("_partition", pa.int32()), ("_offset", pa.int64())]
)


class Writer:
    """Rows into the peer's table."""

    def __init__(self, settings: PeerSettings) -> None:
        self._table = settings.table
        self._client = connect(settings)

    def insert(self, rows: list[Scan]) -> None:
        """Insert rows and return when ClickHouse has acknowledged them."""
        self._client.insert_arrow(self._table, pa.Table.from_pylist(rows, schema=_SCHEMA))
