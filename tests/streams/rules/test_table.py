"""What a report may not say, and that its neighbours are untouched by what it says."""

from typing import Any

import pytest

from schemas.decode import OK, decode_batch, spans_of
from schemas.enums import Reason
from schemas.kinds import FEEDS, Feed, feed_by_name
from schemas.plan import plan_of
from schemas.wire import encode
from streams.rules.table import RULES, rule_of
from streams.window.rules import DAY_MS, HOUR_MS
from tests.schemas.samples import plain_record
from tests.streams.rules.sound import ANOTHER, NOW_MS, SOMEBODY, SOUND


def _statuses(feed: Feed, *records: dict[str, Any]) -> list[int]:
    messages = [encode(feed, plain_record(feed) | record) for record in records]
    columns, status = decode_batch(plan_of(feed), spans_of(messages))
    rule_of(feed).check(columns, status)
    found: list[int] = status.tolist()
    return found


def test_every_rule_is_of_a_feed_there_is() -> None:
    assert {feed.name for feed in RULES} == set(SOUND)
    assert set(RULES) <= set(FEEDS)


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_report_passes(name: str) -> None:
    assert _statuses(feed_by_name(name), SOUND[name]) == [OK]


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("declaration", {"declarant": SOMEBODY}, Reason.CONTRADICTION),
        ("update", {"temperature_c10": 299}, Reason.CONTRADICTION),
        ("update", {"temperature_c10": 451}, Reason.CONTRADICTION),
        ("update", {"status": "REFUSED", "symptoms": 1}, Reason.CONTRADICTION),
        ("pass", {"pass_id": bytes(16)}, Reason.BAD_REFERENCE),
        ("pass", {"valid_until": NOW_MS}, Reason.BAD_PERIOD),
        ("pass", {"valid_until": NOW_MS + 3 * DAY_MS + 1}, Reason.BAD_PERIOD),
        ("isolation", {"isolation_id": bytes(16)}, Reason.BAD_REFERENCE),
        ("isolation", {"days": 0}, Reason.BAD_PERIOD),
        ("isolation", {"action": "MOVED", "days": 0}, Reason.BAD_PERIOD),
        ("lockdown", {"lockdown_id": bytes(16)}, Reason.BAD_REFERENCE),
        ("lockdown", {"area_code": 1}, Reason.BAD_REFERENCE),
        ("lockdown", {"level": "PROVINCE", "hamlet": ""}, Reason.BAD_REFERENCE),
        ("lockdown", {"hamlet": ""}, Reason.CONTRADICTION),
        ("lockdown", {"level": "COMMUNE"}, Reason.CONTRADICTION),
        ("lockdown", {"valid_until": NOW_MS - 1}, Reason.BAD_PERIOD),
        ("case", {"case_id": bytes(16)}, Reason.BAD_REFERENCE),
        ("case", {"infectious_until": NOW_MS}, Reason.BAD_PERIOD),
        ("case", {"event_time": NOW_MS, "onset": NOW_MS + HOUR_MS}, Reason.BAD_PERIOD),
        ("test", {"test_id": bytes(16)}, Reason.BAD_REFERENCE),
        ("test", {"sampled": NOW_MS + HOUR_MS}, Reason.BAD_PERIOD),
        ("vaccination", {"given": NOW_MS + HOUR_MS}, Reason.BAD_PERIOD),
        ("decision", {"area_code": 38}, Reason.BAD_REFERENCE),
        ("decision", {"level": "DISTRICT"}, Reason.BAD_REFERENCE),
        ("decision", {"level": "PROVINCE", "area_code": 380}, Reason.BAD_REFERENCE),
        ("decision", {"risk_level": 0}, Reason.CONTRADICTION),
        ("decision", {"about": "REGIME", "regime": "CT16"}, Reason.CONTRADICTION),
        ("decision", {"regime": "CT16"}, Reason.CONTRADICTION),
        ("decision", {"valid_until": NOW_MS}, Reason.BAD_PERIOD),
        ("decision", {"decision_ref": ""}, Reason.BAD_REFERENCE),
        ("place_event", {"action": "QR_POSTED"}, Reason.CONTRADICTION),
        ("link", {"other": bytes(16)}, Reason.BAD_REFERENCE),
        ("link", {"other": SOMEBODY}, Reason.CONTRADICTION),
        ("correction", {"corrects": bytes(16)}, Reason.BAD_REFERENCE),
        ("correction", {"action": "REPLACE"}, Reason.CONTRADICTION),
        ("correction", {"action": "REPLACE", "replacement": ANOTHER}, Reason.CONTRADICTION),
    ],
)
def test_what_breaks_a_rule_is_refused_between_sound_neighbours(
    name: str, change: dict[str, Any], reason: Reason
) -> None:
    sound = SOUND[name]
    assert _statuses(feed_by_name(name), sound, sound | change, sound) == [OK, reason, OK]


@pytest.mark.parametrize(
    ("level", "code"), [("PROVINCE", 38), ("DISTRICT", 380), ("COMMUNE", 14_755), ("HAMLET", 14_755)]
)
def test_an_area_may_be_of_any_level(level: str, code: int) -> None:
    hamlet = "Thôn Đông" if level == "HAMLET" else ""
    area = {"level": level, "area_code": code}
    assert _statuses(feed_by_name("decision"), SOUND["decision"] | area) == [OK]
    assert _statuses(feed_by_name("lockdown"), SOUND["lockdown"] | area | {"hamlet": hamlet}) == [OK]


def test_a_malformed_report_keeps_its_reason() -> None:
    feed = feed_by_name("pass")
    columns, status = decode_batch(plan_of(feed), spans_of([b"", encode(feed, plain_record(feed))]))
    rule_of(feed).check(columns, status)
    assert status.tolist() == [Reason.EMPTY, Reason.BAD_REFERENCE]
