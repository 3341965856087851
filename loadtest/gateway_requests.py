"""Whole HTTP requests to the gateway, made before the clock runs."""

import time
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from typing import Any

import orjson

from loadtest.fleet import Fleet
from loadtest.generate import Workload
from loadtest.json_events import json_events
from loadtest.raw_http import request_bytes
from loadtest.registry import device_token
from loadtest.scenario import Scenario, Shares
from schemas.kinds import VENUE

_SPAN_SECONDS = 60
_DEVICES = 1_000
_PSEUDONYM = frozenset({"subject", "token_kind", "key_version"})
_SOUND = Shares(malformed=0, invalid=0)


def gateway_requests(fleet: Fleet, *, host: str, events_each: int, events: int, seed: int) -> list[bytes]:
    """Return requests with `events` venue scans of the last minute in all, `events_each` a request, all of them sound.

    The requests are of up to 1,000 enrolled devices in turn. People have raw, made-up numbers: the gateway makes the
    pseudonyms, which is part of its work.
    """
    start_ms = int((time.time() - _SPAN_SECONDS) * 1_000)
    scenario = Scenario(events=events, span_seconds=_SPAN_SECONDS, start_ms=start_ms, seed=seed, shares=_SOUND)
    devices = cycle(fleet.device_ids()[:_DEVICES].tolist())
    made = []
    for chunk in Workload(scenario, fleet).chunks():
        scans = map(_with_raw_identity, json_events(VENUE, chunk.columns))
        for part in _parts(scans, events_each):
            token = device_token(fleet, next(devices))
            made.append(request_bytes(host=host, path="/v1/scans", token=token, body=orjson.dumps(part)))
    return made


def _with_raw_identity(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event of a person whose number stands for the subject; an anonymous one as it is."""
    kind = event["token_kind"]
    if kind == "ANON":
        return event
    number = f"001{int(event['subject'], 16) % 10**9:09d}"
    rest = {name: value for name, value in event.items() if name not in _PSEUDONYM}
    return rest | {"identity": {"kind": kind, "number": number}}


def _parts(events: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    rest = iter(events)
    while part := list(islice(rest, size)):
        yield part
