"""Devices of an older version and of a newer one publish side by side: to Kafka themselves, and through the gateway."""

import copy
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.decode import OK, decode_batch, spans_of
from schemas.kinds import VENUE, Feed, Version, avro_schema
from schemas.landing import Counts, LandingMessage, landed_rows
from schemas.plan import plan_of
from schemas.wire import encode
from streams.batch import BatchProcessor
from streams.gateway.feed_parser import Stamp
from streams.gateway.outcome import Ready
from streams.gateway.parse import Parser
from streams.registry.snapshot import Snapshot
from streams.transport.record_batch import read_records
from streams.window.rules import WindowRules
from streams.window.state import WindowState
from tests.schemas.compatibility import problems
from tests.schemas.samples import plain_record, records_of
from tests.streams.gateway.samples import DEVICE_ID, KEY, NOW_MS, event
from tests.streams.transport.batches import Sent, batch_of
from tests.streams.window.events import START_MS

_PERSON, _ID, _OTHER_ID = bytes(range(1, 17)), b"i" * 16, b"o" * 16
_NO_BADGE = "\0" * 16
_NEW_FIELDS: list[dict[str, Any]] = [
    {"name": "queue", "type": "int", "minimum": 0, "maximum": 1_000, "default": 7},
    {"name": "mask", "type": {"type": "enum", "name": "Mask", "symbols": ["UNKNOWN", "ON"], "default": "UNKNOWN"},
     "default": "UNKNOWN"},
    {"name": "badge", "type": {"type": "fixed", "name": "Badge", "size": 16}, "default": _NO_BADGE},
    {"name": "note", "type": "string", "maxLength": 40, "default": ""},
]  # fmt: skip


@pytest.fixture(scope="module", name="newer")
def _newer(tmp_path_factory: pytest.TempPathFactory) -> Feed:
    """Return the venue feed as a later release may have it: fields in the middle and at the end, and another symbol."""
    schema = copy.deepcopy(avro_schema(VENUE.avro))
    fields = schema["fields"]
    (credential,) = [field for field in fields if field["name"] == "credential"]
    credential["type"]["symbols"].append("FACE")
    fields[4:4] = _NEW_FIELDS[:2]
    fields.extend(_NEW_FIELDS[2:])
    assert problems(schema, avro_schema(VENUE.avro)) == []
    file = tmp_path_factory.mktemp("newer") / "venue_scan.avsc"
    file.write_text(json.dumps(schema), "utf-8")
    former = Version(schema_id=VENUE.schema_id, avro=VENUE.avro)
    return replace(VENUE, schema_id=9_101, avro=str(file), history=(*VENUE.history, former))


def _values(newer: Feed, messages: list[bytes]) -> list[dict[str, Any]]:
    """Return what a worker of the newer release reads, as a record each; all must be well-formed."""
    columns, status = decode_batch(plan_of(newer), spans_of(messages))
    assert status.tolist() == [OK] * len(messages)
    kinds = {field["name"]: field["type"] for field in avro_schema(newer.avro)["fields"]}
    return [{name: _value(columns, name, kind, row) for name, kind in kinds.items()} for row in range(len(messages))]


def _value(columns: Any, name: str, type_: Any, row: int) -> Any:
    kind = type_ if isinstance(type_, str) else type_["type"]
    if kind == "string":
        return columns.text(name, np.array([row]))[0].decode()
    if kind == "fixed":
        return columns.words(name)[row].tobytes()
    value = int(columns.integer(name)[row])
    return type_["symbols"][value] if kind == "enum" else bool(value) if kind == "boolean" else value


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_batch_holds_both_and_each_is_read_as_it_was_meant(newer: Feed, data: st.DataObject) -> None:
    is_new = data.draw(st.lists(st.booleans(), min_size=1, max_size=6))
    sent = [data.draw(records_of(newer if new else VENUE)) for new in is_new]
    messages = [encode(newer if new else VENUE, record) for new, record in zip(is_new, sent, strict=True)]
    lacking = {"queue": 7, "mask": "UNKNOWN", "badge": bytes(16), "note": ""}
    assert _values(newer, messages) == [lacking | record for record in sent]


def _landed(newer: Feed, *sent: Sent) -> LandingMessage:
    records = read_records(batch_of(sent, appended_ms=START_MS))
    processor = BatchProcessor(feed=newer)
    state = WindowState(WindowRules(rescan_ms=newer.rescan_window_ms))
    registry = Snapshot.build(places={}, areas={}, devices={})
    return processor.process(
        state=state, snapshot=registry, records=records, partition=0, first=0, last=len(sent) - 1
    ).message


def _scan(feed: Feed, **more: Any) -> Sent:
    usual = {"scan_id": _ID, "subject": _PERSON, "place_id": 1, "device_id": 7, "event_time": START_MS}
    return Sent(_PERSON, encode(feed, plain_record(feed) | usual | more))


def test_scans_of_both_land_and_a_retry_after_the_update_is_known(newer: Feed) -> None:
    old = _scan(VENUE)
    again = _scan(newer, queue=3)
    another = _scan(newer, scan_id=_OTHER_ID, place_id=2, queue=3, credential="FACE", note="cửa 2")

    message = _landed(newer, old, again, another)

    assert message.counts == Counts(seen=3, accepted=2, retry=1)
    rows = {row["place_id"]: row for row in landed_rows(message).to_pylist()}
    assert (rows[1]["queue"], rows[1]["badge"], rows[1]["note"]) == (7, bytes(16), b"")
    assert (rows[2]["queue"], rows[2]["note"].decode()) == (3, "cửa 2")


def _through(feed: Feed, **changes: Any) -> bytes:
    outcome = Parser([feed], KEY).json(json.dumps(event(**changes)).encode(), Stamp(DEVICE_ID, NOW_MS), feed.name)
    assert isinstance(outcome, Ready), outcome
    return outcome.value


def test_the_gateway_takes_events_of_both(newer: Feed) -> None:
    old, new = _values(newer, [_through(newer), _through(newer, queue=3, mask="ON", credential="FACE")])
    assert (old["queue"], old["mask"], old["credential"]) == (7, "UNKNOWN", "QR_CCCD")
    assert (new["queue"], new["mask"], new["credential"]) == (3, "ON", "FACE")


def test_a_gateway_of_the_older_release_takes_events_of_newer_devices(newer: Feed) -> None:
    (read,) = _values(newer, [_through(VENUE, queue=3, note="cửa 2")])
    assert (read["queue"], read["note"], read["place_id"]) == (7, "", 1234)
