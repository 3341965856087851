"""Random reports of any feed, as the gateway takes them, by the feed's schema; every person is made up."""

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from schemas.admin_units import communes
from schemas.kinds import Feed, avro_schema

Event = dict[str, Any]

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
#: The gateway knows these better, or derives them.
_LEFT_OUT = frozenset({"subject", "token_kind", "key_version", "device_id", "sent_at", "received_at"})
_COMMUNES = {commune.code: commune for commune in communes()}
_COMMUNE_CODES = tuple(_COMMUNES)
_COMMUNE_FIELDS = frozenset({"commune_code", "origin_commune", "destination_commune", "area_code"})


def sound_report(feed: Feed, *, chance: random.Random, now_ms: int, people: int, known: Sequence[bytes] = ()) -> Event:
    """Return a report that everybody accepts: of one of `people` made-up persons, or of some place, device or area.

    Where there are `known` persons, pseudonyms of people who scan, it is of one of them.
    """
    fields = avro_schema(feed.avro)["fields"]
    event = {field["name"]: _value(field, chance, now_ms) for field in fields if field["name"] not in _LEFT_OUT}
    event |= {"feed": feed.name, fields[0]["name"]: str(uuid.UUID(int=chance.getrandbits(128))), "event_time": now_ms}
    if any(field["name"] == "token_kind" for field in fields):
        event |= _person(chance, people, known)
    elif "entity" not in fields[1]:
        event["subject"] = f"{chance.getrandbits(128):032x}"
    return event | _CONSISTENT.get(feed.name, _nothing)(event, now_ms)


def broken_report(feed: Feed, *, chance: random.Random, now_ms: int, people: int, known: Sequence[bytes] = ()) -> Event:
    """Return a report that the gateway takes and the worker refuses: it claims to be of an hour from now."""
    sound = sound_report(feed, chance=chance, now_ms=now_ms, people=people, known=known)
    return sound | {"event_time": now_ms + _HOUR_MS}


def _person(chance: random.Random, people: int, known: Sequence[bytes]) -> Event:
    if known:
        return {"subject": chance.choice(known).hex(), "token_kind": "CCCD", "key_version": 1}
    return {"identity": {"kind": "CCCD", "number": made_up_number(chance.randrange(people))}}


def made_up_number(person: int) -> str:
    """Return the document number of a made-up person: no province has the code it begins with."""
    return f"000{person:09d}"


def _value(field: Mapping[str, Any], chance: random.Random, now_ms: int) -> Any:
    type_ = field["type"]
    kind = type_ if isinstance(type_, str) else type_["type"]
    if field["name"] in _COMMUNE_FIELDS:
        return chance.choice(_COMMUNE_CODES)
    if kind == "enum":
        return chance.choice(type_["symbols"])
    if kind in ("int", "long"):
        return now_ms if isinstance(type_, dict) else chance.randint(field["minimum"], min(field["maximum"], 9))
    made: dict[str, Callable[[], Any]] = {
        "fixed": lambda: f"{chance.getrandbits(128):032x}",
        "boolean": lambda: chance.random() < 0.5,
        "float": chance.random,
        "string": lambda: "không"[: field["maxLength"]],
        "bytes": lambda: "AA==",
    }
    return made[kind]()


def _nothing(_event: Event, _now_ms: int) -> Event:
    return {}


def _span(_event: Event, now_ms: int) -> Event:
    return {"valid_from": now_ms, "valid_until": now_ms + 3 * _DAY_MS}


def _decision(event: Event, now_ms: int) -> Event:
    level = 1 + event["risk_level"] % 4 if event["about"] == "RISK" else 0
    regime = "NONE" if level else event["regime"]
    return _span(event, now_ms) | {"risk_level": level, "regime": regime, "level": "COMMUNE", "valid_until": 0}


def _isolation(event: Event, _now_ms: int) -> Event:
    return {"days": max(1, event["days"])}


def _lockdown(event: Event, now_ms: int) -> Event:
    commune, level = _COMMUNES[event["area_code"]], event["level"]
    larger = {"DISTRICT": commune.district_code, "PROVINCE": commune.province_code}
    return _span(event, now_ms) | {
        "area_code": larger.get(level, commune.code),
        "hamlet": event["hamlet"] if level == "HAMLET" else "",
    }


def _place_event(event: Event, _now_ms: int) -> Event:
    return {"safety_score": event["safety_score"] if event["action"] == "SAFETY_ASSESSED" else 0}


def _case(_event: Event, now_ms: int) -> Event:
    return {"onset": now_ms - _DAY_MS, "infectious_from": now_ms - 3 * _DAY_MS, "infectious_until": 0}


def _update(event: Event, _now_ms: int) -> Event:
    given = event["status"] == "SUBMITTED"
    return {"temperature_c10": 365 if given else 0, "symptoms": event["symptoms"] if given else 0}


#: What makes a random report agree with itself, by feed.
_CONSISTENT: Mapping[str, Callable[[Event, int], Event]] = {
    "update": _update,
    "pass": _span,
    "isolation": _isolation,
    "lockdown": _lockdown,
    "place_event": _place_event,
    "decision": _decision,
    "case": _case,
}
