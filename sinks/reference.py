"""Reference topics (places, devices, areas) into their tables, many records at a time.

The tables are their own checkpoint: they hold the topic offset of each entity's latest state. A state landed twice
is replaced by its equal.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from schemas.enums import Category, Department
from schemas.kinds import AREAS, DEVICES, PLACES, Reference
from schemas.landing import encode_block
from schemas.wire import MalformedMessage, decode
from sinks.ledger import LedgerRow
from sinks.patience import Patience
from sinks.record import Record
from sinks.sink_metrics import SinkMetrics
from sinks.writer import Insert, Writer

_log = logging.getLogger(__name__)
_INSTANT = pa.timestamp("ms", "UTC")
_POSITION = [("updated_at", _INSTANT), ("_partition", pa.uint16()), ("_offset", pa.int64())]

Row = Mapping[str, Any]
#: What states of places lack that were recorded by an earlier release.
_UNKNOWN_OWNER = {"owner_unit": "", "owner_head_role": ""}


@dataclass(frozen=True, slots=True)
class ReferenceTable:
    """A table fed by a reference topic, and the rows one state of an entity has in it."""

    name: str
    schema: pa.Schema
    rows: Callable[[dict[str, Any]], Iterable[Row]]


def _place(state: dict[str, Any]) -> Iterable[Row]:
    codes = {"category": int(Category[state["category"]]), "department": int(Department[state["department"]])}
    yield _UNKNOWN_OWNER | state | codes


def _same(state: dict[str, Any]) -> Iterable[Row]:
    yield state


def _risk(state: dict[str, Any]) -> Iterable[Row]:
    return (state | decision for decision in state["risk"])


TABLES: dict[Reference, tuple[ReferenceTable, ...]] = {
    PLACES: (
        ReferenceTable(
            "places",
            pa.schema(
                [
                    ("place_id", pa.uint32()),
                    ("name", pa.string()),
                    ("category", pa.int8()),
                    ("department", pa.int8()),
                    ("commune_code", pa.uint16()),
                    ("capacity", pa.uint32()),
                    ("mandate_ref", pa.string()),
                    ("owner_unit", pa.string()),
                    ("owner_head_role", pa.string()),
                    *_POSITION,
                ]
            ),
            _place,
        ),
    ),
    DEVICES: (
        ReferenceTable(
            "devices",
            pa.schema(
                [
                    ("device_id", pa.uint32()),
                    ("place_id", pa.uint32()),
                    ("label", pa.string()),
                    ("revoked", pa.bool_()),
                    *_POSITION,
                ]
            ),
            _same,
        ),
    ),
    # Risk levels first: where the sink goes on is read from `areas`.
    AREAS: (
        ReferenceTable(
            "area_risk",
            pa.schema(
                [
                    ("commune_code", pa.uint16()),
                    ("valid_from", _INSTANT),
                    ("level", pa.uint8()),
                    ("decision_ref", pa.string()),
                    ("updated_at", _INSTANT),
                ]
            ),
            _risk,
        ),
        ReferenceTable(
            "areas",
            pa.schema(
                [
                    ("commune_code", pa.uint16()),
                    ("district_code", pa.uint16()),
                    ("province_code", pa.uint8()),
                    ("name", pa.string()),
                    *_POSITION,
                ]
            ),
            _same,
        ),
    ),
}


class ReferenceWork:
    """`PartitionWork` of a reference topic's partition."""

    most_records = 5_000
    waiting_from = None
    due = False

    def __init__(
        self, *, reference: Reference, partition: int, writer: Writer, patience: Patience, metrics: SinkMetrics
    ) -> None:
        """Take which topic's partition to land where."""
        self._reference, self._partition = reference, partition
        self._writer, self._patience, self._metrics = writer, patience, metrics

    def start(self) -> int:
        ask = self._writer.reference_offset
        return self._patience.answer(lambda: ask(self._reference.table, self._partition)).value + 1

    def work(self, records: Sequence[Record]) -> list[LedgerRow]:
        states = [state for record in records if (state := self._state(record))]
        for table in TABLES[self._reference]:
            self._insert(table, [row for state in states for row in table.rows(state)])
        return []

    def _state(self, record: Record) -> dict[str, Any] | None:
        """Return the entity's state with its position; None for what is not one (a tombstone keeps the last)."""
        if record.value is None:
            return None
        try:
            kind, state = decode(record.value)
        except MalformedMessage as error:
            _log.warning("skipped %s offset %d: %s", record.topic, record.offset, error)
            return None
        if kind is not self._reference:
            _log.warning("skipped %s offset %d: it is a %s", record.topic, record.offset, kind.name)
            return None
        return state | {"_partition": record.partition, "_offset": record.offset}

    def _insert(self, table: ReferenceTable, rows: Sequence[Row]) -> None:
        if not rows:
            return
        block = encode_block(pa.Table.from_pylist(list(rows), table.schema))
        with self._metrics.time("insert"):
            self._patience.answer(lambda: self._writer.insert(Insert(table=table.name, block=block)))
        self._metrics.rows.labels(table.name).inc(len(rows))
