"""Which scans raise which alerts, once each, whatever is sent again."""

from collections.abc import Mapping

import numpy as np
import pytest

from schemas.decode import decode_batch, spans_of
from schemas.enums import Category, Flag, IdentityMatch, PassStatus, Verdict
from schemas.kinds import ALERT, CHECKPOINT, VENUE, Feed
from schemas.plan import plan_of
from schemas.report_enums import Regime
from schemas.wire import decode, encode
from streams.alerts.scan_alerts import SCAN_ALERTS, AlertMessage, scan_alerts
from tests.schemas.samples import plain_record

_PERSON, _SCAN, _TIME_MS = b"p" * 16, b"s" * 16, 1_637_546_400_000


def _raised(
    feed: Feed = VENUE,
    *,
    added: Mapping[str, int] | None = None,
    flags: int = 0,
    verdict: Verdict = Verdict.ACCEPTED,
    sent: Mapping[str, int] | None = None,
) -> list[AlertMessage]:
    record = plain_record(feed) | {"scan_id": _SCAN, "subject": _PERSON, "place_id": 7, "event_time": _TIME_MS}
    columns, _ = decode_batch(plan_of(feed), spans_of([encode(feed, record | dict(sent or {}))]))
    return scan_alerts(
        columns,
        order=np.array([0]),
        verdict=np.array([verdict], np.uint8),
        flags=np.array([flags], np.uint16),
        added={name: np.array([value]) for name, value in (added or {}).items()},
    )


def _types(alerts: list[AlertMessage]) -> list[str]:
    return [decode(alert.value)[1]["type"] for alert in alerts]


@pytest.mark.parametrize(
    ("flags", "added", "types"),
    [
        (0, {"category": Category.CAFE}, []),
        (Flag.OFFLINE | Flag.PLACE_UNKNOWN | Flag.VACCINATED, {}, []),
        (Flag.SUSPECTED, {}, ["SUSPECT_SCAN"]),
        (Flag.CASE, {}, ["SUSPECT_SCAN"]),
        (Flag.ISOLATED, {"category": Category.MARKET}, ["ISOLATION_BREACH"]),
        (Flag.ISOLATED, {"category": Category.ISOLATION_SITE}, ["ISOLATION_BREACH"]),
        (Flag.ISOLATED | Flag.OWN_SITE, {"category": Category.HOTEL}, []),
        (Flag.ISOLATED | Flag.CASE, {"category": Category.MARKET}, ["SUSPECT_SCAN", "ISOLATION_BREACH"]),
        (0, {"pass_status": PassStatus.EXPIRED}, ["PASS_EXPIRED"]),
        (0, {"pass_status": PassStatus.REVOKED}, ["PASS_EXPIRED"]),
        (0, {"pass_status": PassStatus.NOT_YET}, ["PASS_EXPIRED"]),
        (0, {"pass_status": PassStatus.NONE}, []),
        (0, {"pass_status": PassStatus.VALID, "identity_match": IdentityMatch.MATCHED}, []),
        (0, {"pass_status": PassStatus.VALID, "identity_match": IdentityMatch.MISMATCH}, ["IDENTITY_MISMATCH"]),
        (0, {"category": Category.PUBLIC_PLACE, "regime": Regime.CT16}, ["CT16_PUBLIC_SCAN"]),
        (0, {"category": Category.CROWDED_PLACE, "regime": Regime.CT16}, ["CT16_PUBLIC_SCAN"]),
        (0, {"category": Category.PUBLIC_PLACE, "regime": Regime.CT15}, []),
        (0, {"category": Category.HOSPITAL, "regime": Regime.CT16}, []),
    ],
)
def test_what_is_known_of_a_scan_decides(flags: int, added: dict[str, int], types: list[str]) -> None:
    assert _types(_raised(flags=flags, added=added)) == types


@pytest.mark.parametrize("verdict", [Verdict.RESCAN, Verdict.RETRY, Verdict.REJECTED])
def test_only_accepted_scans_raise_any(verdict: Verdict) -> None:
    assert _raised(flags=Flag.CASE, verdict=verdict) == []


def test_an_alert_names_its_evidence_and_has_the_scans_times() -> None:
    times = {"event_time": _TIME_MS - 9_000, "sent_at": _TIME_MS - 5_000, "received_at": _TIME_MS, "device_id": 3}
    (alert,) = _raised(
        CHECKPOINT, sent=times, added={"pass_status": PassStatus.EXPIRED, "commune": 14_755, "risk_level": 3}
    )
    kind, record = decode(alert.value)
    assert kind is ALERT
    assert alert.key == record["subject"] == _PERSON
    assert (record["evidence"], record["place_id"], record["area_code"], record["measure"]) == (_SCAN, 7, 14_755, 3)
    milliseconds = {name: round(record[name].timestamp() * 1_000) for name in ("event_time", "sent_at", "received_at")}
    assert milliseconds | {"device_id": record["device_id"]} == times


def test_the_same_scan_raises_the_same_bytes_and_another_type_another_id() -> None:
    one, again = (_raised(flags=Flag.ISOLATED | Flag.CASE, added={"category": Category.MARKET}) for _ in range(2))
    assert one == again
    assert len({decode(alert.value)[1]["event_id"] for alert in one}) == 2


@pytest.mark.parametrize(
    ("status", "severity", "word"),
    [
        (PassStatus.EXPIRED, "WARNING", "no longer valid"),
        (PassStatus.REVOKED, "CRITICAL", "revoked"),
        (PassStatus.NOT_YET, "WARNING", "not valid yet"),
    ],
)
def test_the_checkpoint_is_told_what_is_wrong_with_a_pass(status: PassStatus, severity: str, word: str) -> None:
    (alert,), again = (_raised(CHECKPOINT, added={"pass_status": status}) for _ in range(2))
    record = decode(alert.value)[1]
    assert [alert] == again
    assert (record["role"], record["severity"], record["evidence"]) == ("CHECKPOINT", severity, _SCAN)
    assert word in record["detail"]


def test_no_sentence_is_too_long_for_its_field() -> None:
    assert all(0 < len(kind.detail) <= 300 for kind in SCAN_ALERTS)
