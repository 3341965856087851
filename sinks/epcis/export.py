"""Stream landed scans out of ClickHouse as one EPCIS document."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from clickhouse_connect.driver.client import Client

from sinks.epcis.event import CONTEXT, ErrorReason, Event, ScanRow, declared_wrong, event_of

#: A scan is logged minutes before its event time at most; partitions are weeks, so a day more costs nothing.
_QUERY = """
SELECT
    lower(hex(scan_id)), lower(hex(subject)), lower(hex(vehicle)), lower(hex(pass_id)), place_id, gate, device_id,
    route_id, trip_id, toString(feed), toString(direction), toString(scan_mode), toString(decision),
    toString(decision_reason), toString(verdict), temperature_c10, toUnixTimestamp64Milli(event_time),
    toUnixTimestamp64Milli(logged_at), declared_ms, replaced, replaced_by
FROM scans
LEFT ANY JOIN
(
    SELECT
        corrects,
        toUnixTimestamp64Milli(max(event_time)) AS declared_ms,
        argMax(action = 'REPLACE', event_time) AS replaced,
        lower(hex(argMax(replacement, event_time))) AS replaced_by
    FROM corrections_in_force GROUP BY corrects
) AS corrections ON corrections.corrects = scans.scan_id
WHERE logged_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') - toIntervalDay(1)
    AND event_time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    AND event_time < fromUnixTimestamp64Milli({until:Int64}, 'UTC')
    AND ({province:UInt8} = 0 OR province = {province:UInt8})
    AND (verdict = 'ACCEPTED' OR {rescans:Bool} AND verdict = 'RESCAN')
"""
#: Blocks stay small: a join would put them together again.
_BLOCK_SETTINGS = {"max_block_size": 10_000, "min_joined_block_size_rows": 0, "min_joined_block_size_bytes": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which scans: of event times from `since` to before `until` (aware), of one province or (0) of all."""

    since: datetime
    until: datetime
    province: int = 0
    rescans: bool = False

    def parameters(self) -> dict[str, Any]:
        """Return the query's parameters."""
        return {
            "since": int(self.since.timestamp() * 1_000),
            "until": int(self.until.timestamp() * 1_000),
            "province": self.province,
            "rescans": self.rescans,
        }


def epcis_document(
    client: Client, selection: Selection, *, created_at: datetime, on_events: Callable[[int], None] = lambda _: None
) -> Iterator[bytes]:
    """Yield the pieces of one EPCISDocument, its events in no particular order, a line each.

    Scans that were withdrawn or replaced are there with an error declaration.
    Holds one block of rows at a time, however many there are. `on_events` is told the number of events after each.
    `created_at` is aware. Raises the client's exceptions, also in the middle: what came before is then no document.
    """
    head = {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created_at.isoformat(),
    }
    yield orjson.dumps(head)[:-1] + b',"epcisBody":{"eventList":['
    separator = b"\n"
    with client.query_row_block_stream(_QUERY, parameters=selection.parameters(), settings=_BLOCK_SETTINGS) as blocks:
        for block in blocks:
            yield separator + b",\n".join(orjson.dumps(_event(row)) for row in block)
            separator = b",\n"
            on_events(len(block))
    yield b"\n]}}\n"


def _event(row: Sequence[Any]) -> Event:
    *scan, declared_ms, replaced, replaced_by = row
    event = event_of(ScanRow(*scan))
    if not declared_ms:
        return event
    return declared_wrong(
        event,
        declared_at=datetime.fromtimestamp(declared_ms / 1_000, UTC),
        reason=ErrorReason.INCORRECT_DATA if replaced else ErrorReason.DID_NOT_OCCUR,
        corrected_by=[UUID(replaced_by)] if replaced else [],
    )
