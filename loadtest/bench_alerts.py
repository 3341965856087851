"""How long a suspected case's scan takes to become an alert, at a steady rate, and whether each raises exactly one."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from confluent_kafka import Producer

from loadtest import report
from loadtest.bench_live import Live, measure_live
from loadtest.drain import wait_drained
from loadtest.draw import Floats
from loadtest.fleet import Fleet
from loadtest.generate import Workload
from loadtest.latency import summary_ms
from loadtest.ledger import Asks
from loadtest.offsets import CouldNotCheck, end_offsets
from loadtest.people import people_of
from loadtest.suite.measure import Measured
from loadtest.system import System
from schemas.kinds import ALERT, CASE, Feed
from schemas.wire import encode

Say = Callable[[str], None]
Subject = bytes

_DRAIN_SECONDS = 120.0
_FLUSH_SECONDS = 30.0
_ALERTS = "SELECT hex(evidence), toUnixTimestamp64Milli(logged_at) FROM alerts WHERE type = 'SUSPECT_SCAN'"
_SCANS = """
SELECT hex(scan_id), _partition, _offset FROM scans
WHERE verdict = 'ACCEPTED' AND hex(subject) IN {cases:Array(String)}
    AND event_time >= fromUnixTimestamp64Milli({since:Int64})
"""


def bench_alerts(
    system: System, fleet: Fleet, *, rate: float, seconds: float, cases: int, seed: int, say: Say
) -> dict[str, Any]:
    """Report some of the people of a steady load as cases, then publish the load; return the report.

    `alert_latency_ms` counts from the moment a scan was meant to be sent to the broker's stamp on its alert. Every
    accepted scan that a case made since must have raised one alert, and no other. Raises NotDrained where it did not
    keep up.
    """
    live = Live.of(system, fleet, rate=rate, seconds=seconds, seed=seed)
    people = people_of(Workload(live.scenario, fleet), cases)
    since_ms = _report_cases(system, people)
    say(f"reported {len(people)} people as suspected cases")
    measured, figures = measure_live(live, say=say)
    _wait(system, ALERT)
    found = _alerts(system.clickhouse(), people, measured, since_ms=since_ms)
    return {**figures, **found, "cases": len(people), "machine": report.machine(), "versions": report.versions()}


def _report_cases(system: System, people: Sequence[Subject]) -> int:
    """Return the moment (UTC ms) from which on these people are cases."""
    producer = Producer(
        {"bootstrap.servers": system.kafka, "enable.idempotence": True, "partitioner": "murmur2_random"}
    )
    now_ms = int(time.time() * 1_000)
    for number, subject in enumerate(people):
        producer.produce(CASE.topic, encode(CASE, _case(number, subject, now_ms)), subject)
    if left := producer.flush(_FLUSH_SECONDS):
        raise CouldNotCheck(f"{left} of {len(people)} cases were not acknowledged")
    _wait(system, CASE)
    return now_ms


def _case(number: int, subject: Subject, now_ms: int) -> dict[str, Any]:
    return {
        "event_id": (1 << 64 | number).to_bytes(16, "big"),
        "subject": subject,
        "token_kind": "ANON",
        "key_version": 0,
        "device_id": 0,
        "event_time": now_ms,
        "sent_at": now_ms,
        "received_at": 0,
        "case_id": (2 << 64 | number).to_bytes(16, "big"),
        "status": "SUSPECTED",
        "onset": 0,
        "infectious_from": now_ms,
        "infectious_until": 0,
        "commune_code": 0,
    }


def _wait(system: System, feed: Feed) -> None:
    ends = end_offsets(system.kafka, feed.topic)
    wait_drained(system.clickhouse(), feed, ends=ends, timeout_seconds=_DRAIN_SECONDS)


def _alerts(client: Asks, people: Sequence[Subject], measured: Measured, *, since_ms: int) -> dict[str, Any]:
    cases = [subject.hex().upper() for subject in people]
    scans = {
        str(name): (int(at), int(offset)) for name, at, offset in _rows(client, _SCANS, cases=cases, since=since_ms)
    }
    raised = [(str(name), int(logged_ms)) for name, logged_ms in _rows(client, _ALERTS)]
    counts = Counter(name for name, _ in raised)
    latency = _latency_ms(measured, scans, raised)
    exact = set(counts) == set(scans) and counts.total() == len(counts)
    return {
        "alerts": counts.total(),
        "alerts_expected": len(scans),
        "alerts_lost": len(set(scans) - set(counts)),
        "alerts_doubled": counts.total() - len(counts),
        "alert_latency_ms": {name: round(value, 1) for name, value in summary_ms(latency).items()},
        "balanced": exact and measured.checked is not None and measured.checked.correct,
    }


def _latency_ms(measured: Measured, scans: dict[str, tuple[int, int]], raised: Sequence[tuple[str, int]]) -> Floats:
    intended, first = measured.generator.intended_ms, measured.run.first_offsets
    known = [(*scans[name], logged_ms) for name, logged_ms in raised if name in scans]
    return np.array([logged_ms - intended[at][offset - first.get(at, 0)] for at, offset, logged_ms in known])


def _rows(client: Asks, query: str, **parameters: Any) -> Sequence[Sequence[Any]]:
    rows: Sequence[Sequence[Any]] = client.query(query, parameters=parameters).result_rows
    return rows
