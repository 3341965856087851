"""The simulated reports are what they are said to be, by the product's own gateway and rules."""

import json
import random

import numpy as np
import pytest

from loadtest.reports.samples import broken_report, sound_report
from loadtest.reports.senders import sender_messages, sender_of, sender_token
from schemas.decode import decode_batch, spans_of
from schemas.enums import Role
from schemas.kinds import REPORTS, Feed
from schemas.plan import plan_of
from schemas.wire import decode
from streams.gateway.feed_parser import Stamp
from streams.gateway.outcome import Ready
from streams.gateway.parse import Parser
from streams.rules.table import rule_of
from tests.streams.gateway.samples import KEY, NOW_MS

_PARSER = Parser(REPORTS, KEY)
_EACH = 40
every_report = pytest.mark.parametrize("feed", REPORTS, ids=lambda feed: feed.name)


def _through_the_gateway(feed: Feed, events: list[dict[str, object]]) -> list[bytes]:
    stamp = Stamp(1, NOW_MS, sender_of(feed))
    outcomes = [_PARSER.json(json.dumps(event).encode(), stamp, feed.name) for event in events]
    refused = [outcome for outcome in outcomes if not isinstance(outcome, Ready)]
    assert not refused
    return [outcome.value for outcome in outcomes if isinstance(outcome, Ready)]


@every_report
def test_sound_reports_break_no_rule(feed: Feed) -> None:
    chance = random.Random(1)
    made = [sound_report(feed, chance=chance, now_ms=NOW_MS, people=50) for _ in range(_EACH)]
    columns, status = decode_batch(plan_of(feed), spans_of(_through_the_gateway(feed, made)))
    rule_of(feed).check(columns, status)
    assert not status.any()
    assert len({event[plan_of(feed).identity] for event in made}) == _EACH


@every_report
def test_broken_reports_pass_the_gateway_and_are_of_the_future(feed: Feed) -> None:
    made = [broken_report(feed, chance=random.Random(1), now_ms=NOW_MS, people=50)]
    columns, _ = decode_batch(plan_of(feed), spans_of(_through_the_gateway(feed, made)))
    assert np.all(columns.integer("event_time") > NOW_MS + 300_000)


def test_each_role_has_a_device_with_a_token_of_its_own() -> None:
    states = [decode(value)[1] for _, _, value in sender_messages(7, updated_ms=NOW_MS)]
    assert [state["role"] for state in states] == [role.name for role in Role]
    assert len({sender_token(7, role) for role in Role}) == len(Role)
