import json
from enum import IntEnum
from importlib.resources import files
from typing import Any

import fastavro
import pytest

from schemas import enums, report_enums
from schemas.kinds import (
    AREAS,
    DEVICES,
    FEEDS,
    PLACES,
    REFERENCES,
    REPORTS,
    SCANS,
    VENUE,
    Feed,
    Reference,
    avro_schema,
    feed_by_name,
)
from streams.window.rules import WindowRules

KINDS: tuple[Feed | Reference, ...] = (*FEEDS, *REFERENCES)
_ENUMS: tuple[type[IntEnum], ...] = tuple(
    found
    for module in (enums, report_enums)
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, IntEnum) and found is not IntEnum
)


def test_no_two_kinds_share_a_name_a_schema_or_a_topic() -> None:
    topics = [kind.topic for kind in KINDS] + [feed.landing_topic for feed in FEEDS]
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert len({kind.schema_id for kind in KINDS}) == len(KINDS)
    assert len({kind.avro for kind in KINDS}) == len(KINDS)
    assert len(set(topics)) == len(topics)
    assert len({feed.code for feed in FEEDS}) == len(FEEDS)


def test_numbers_that_are_in_stored_data_never_change() -> None:
    assert [(kind.name, kind.schema_id, kind.topic) for kind in KINDS if kind not in REPORTS] == [
        ("venue", 201, "scans.venue.v1"),
        ("checkpoint", 202, "scans.checkpoint.v1"),
        ("vehicle", 203, "scans.vehicle.v1"),
        ("place", 5, "places.v1"),
        ("device", 4, "devices.v1"),
        ("area", 3, "areas.v1"),
    ]
    assert [(feed.name, feed.code, feed.topic, feed.table) for feed in REPORTS] == [
        ("declaration", 4, "health.declaration.v1", "declarations"),
        ("update", 5, "health.update.v1", "health_updates"),
        ("pass", 6, "passes.v1", "passes"),
        ("isolation", 7, "isolations.v1", "isolations"),
        ("lockdown", 8, "lockdowns.v1", "lockdowns"),
        ("case", 9, "cases.v1", "cases"),
        ("test", 10, "tests.v1", "test_results"),
        ("vaccination", 11, "vaccinations.v1", "vaccinations"),
        ("decision", 12, "areas.decisions.v1", "area_decisions"),
        ("place_event", 13, "places.events.v1", "place_events"),
        ("link", 14, "identity.links.v1", "identity_links"),
        ("heartbeat", 15, "devices.heartbeats.v1", "heartbeats"),
        ("wave_through", 16, "checkpoints.waves.v1", "wave_throughs"),
        ("correction", 17, "corrections.v1", "corrections"),
        ("alert", 19, "alerts.v1", "alerts"),
    ]
    assert [(feed.code, feed.landing_topic, feed.table) for feed in SCANS] == [
        (1, "scans.venue.v1.landing", "scans"),
        (2, "scans.checkpoint.v1.landing", "scans"),
        (3, "scans.vehicle.v1.landing", "scans"),
    ]


def test_rescan_windows_are_those_of_the_rules() -> None:
    assert [feed.rescan_window_ms for feed in SCANS] == [300_000, 120_000, 60_000]
    for feed in FEEDS:
        assert feed in SCANS or feed.rescan_window_ms == 0
        WindowRules(rescan_ms=feed.rescan_window_ms)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_ships_an_avro_schema_that_fastavro_reads(kind: Feed | Reference) -> None:
    fastavro.parse_schema(avro_schema(kind.avro))


def test_every_shipped_schema_belongs_to_a_kind() -> None:
    avro = files("schemas") / "avro"
    shipped = {file.name for file in avro.iterdir() if file.is_file()}
    former = {f"history/{file.name}" for file in (avro / "history").iterdir()}
    assert shipped == {kind.avro for kind in KINDS}
    assert former == {version.avro for kind in KINDS for version in kind.history}


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda kind: kind.name)
def test_a_references_key_is_a_field_of_it(reference: Reference) -> None:
    assert reference.key in {field["name"] for field in avro_schema(reference.avro)["fields"]}
    assert {PLACES.key, DEVICES.key, AREAS.key} == {"place_id", "device_id", "commune_code"}


def _avro_enums(schema: Any) -> dict[str, list[str]]:
    if isinstance(schema, list):
        return {name: symbols for part in schema for name, symbols in _avro_enums(part).items()}
    if not isinstance(schema, dict):
        return {}
    if schema.get("type") == "enum":
        return {schema["name"]: schema["symbols"]}
    return {name: symbols for part in schema.values() for name, symbols in _avro_enums(part).items()}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_avro_enumerations_have_the_codes_of_ours(kind: Feed | Reference) -> None:
    ours = {symbols.__name__: {symbol.name: symbol.value for symbol in symbols} for symbols in _ENUMS}
    for name, symbols in _avro_enums(avro_schema(kind.avro)).items():
        assert {symbol: code for code, symbol in enumerate(symbols)} == ours[name]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_field_of_a_schema_is_explained(kind: Feed | Reference) -> None:
    schema = avro_schema(kind.avro)
    assert schema["doc"]
    assert all(field["doc"].endswith(".") for field in schema["fields"])


def test_a_feed_is_found_by_name_and_an_unknown_one_is_named_with_the_known() -> None:
    assert feed_by_name("venue") is VENUE
    with pytest.raises(KeyError, match="no feed is called 'venu'; the feeds are venue, checkpoint, vehicle, "):
        feed_by_name("venu")


def test_schemas_are_valid_json_with_one_field_name_each() -> None:
    for kind in KINDS:
        names = [field["name"] for field in avro_schema(kind.avro)["fields"]]
        assert len(set(names)) == len(names)
        assert json.dumps(avro_schema(kind.avro))
