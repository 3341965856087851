from dataclasses import replace
from typing import Any

import pytest

from schemas import plan as plan_module
from schemas.kinds import CHECKPOINT, FEEDS, VEHICLE, VENUE, Feed, avro_schema
from schemas.plan import BOOLEAN, FIXED16, FLOAT, TEXT, VARINT, plan_of

_CODES = {"int": VARINT, "long": VARINT, "enum": VARINT, "boolean": BOOLEAN, "float": FLOAT, "fixed": FIXED16}
_CODES |= {"string": TEXT, "bytes": TEXT}


def _type_name(field: dict[str, Any]) -> str:
    type_ = field["type"]
    return str(type_ if isinstance(type_, str) else type_["type"])


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_a_plan_walks_the_fields_in_the_schemas_order(feed: Feed) -> None:
    fields, plan = avro_schema(feed.avro)["fields"], plan_of(feed)
    assert plan.codes.tolist() == [_CODES[_type_name(field)] for field in fields]
    names = [
        plan.fixed[slot] if code == FIXED16 else plan.integers[slot]
        for code, slot in zip(plan.codes, plan.slots, strict=True)
    ]
    assert names == [field["name"] for field in fields]
    assert plan.schema_id == feed.schema_id


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_bounds_are_the_fields_own_or_its_types(feed: Feed) -> None:
    plan = plan_of(feed)
    for index, field in enumerate(avro_schema(feed.avro)["fields"]):
        name, bounds = _type_name(field), (plan.lows[index], plan.highs[index])
        if name == "enum":
            assert bounds == (0, len(field["type"]["symbols"]) - 1)
        elif name == "boolean":
            assert bounds == (0, 1)
        elif "minimum" in field:
            assert bounds == (field["minimum"], field["maximum"])


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_every_feed_has_the_fields_the_rules_need(feed: Feed) -> None:
    plan = plan_of(feed)
    assert [field["name"] for field in avro_schema(feed.avro)["fields"]][:2] == [plan.identity, "subject"]
    assert {"device_id", "event_time", "sent_at", "received_at"} <= set(plan.integers)


@pytest.mark.parametrize("feed", [VENUE, CHECKPOINT, VEHICLE], ids=lambda feed: feed.name)
def test_every_scan_has_what_its_rules_need(feed: Feed) -> None:
    plan = plan_of(feed)
    assert {"scan_id", "subject"} <= set(plan.fixed)
    assert {
        "place_id", "direction", "device_id", "event_time", "sent_at", "received_at", "source_app", "offline",
    } <= set(plan.integers)  # fmt: skip


def test_times_are_bounded_so_that_no_arithmetic_overflows() -> None:
    for feed in FEEDS:
        bounds = {
            field["name"]: field.get("maximum")
            for field in avro_schema(feed.avro)["fields"]
            if field["name"] in {"event_time", "sent_at", "received_at"}
        }
        assert set(bounds.values()) == {253_402_300_799_999}


@pytest.mark.parametrize("type_", ["double", {"type": "fixed", "name": "Eight", "size": 8}, ["null"]])
def test_a_type_feeds_do_not_have_is_refused(type_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = {"type": "record", "name": "Odd", "fields": [{"name": "odd", "type": type_}]}
    monkeypatch.setattr(plan_module, "avro_schema", lambda _name: schema)
    with pytest.raises((ValueError, TypeError)):
        plan_of(replace(VENUE, avro=f"odd {type_}"))
