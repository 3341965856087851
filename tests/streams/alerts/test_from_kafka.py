"""What is told of people in Kafka decides which scans raise alerts, through a real worker."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.kafka.broker import Broker
from deploy.kafka.topics import TopicSpec, create_topics
from schemas.kinds import ALERT, CHECKPOINT, ISOLATION, PASS
from schemas.report_enums import IsolationAction, PassAction
from schemas.wire import decode, encode
from streams.window.rules import DAY_MS, HOUR_MS
from tests.schemas.samples import plain_record
from tests.streams.gateway.kafka_topics import read_topic
from tests.streams.people.events import feed_of, identity, record_of
from tests.streams.people.oracle import Isolation, Pass, Status
from tests.streams.venue import Venue

pytestmark = pytest.mark.integration
_ISOLATED, _REVOKED, _EARLY, _VALID = 9_101, 9_102, 9_103, 9_104
_SITE, _ELSEWHERE = 2_000_000_001, 2_000_000_002


@pytest.fixture
def checkpoint(kafka: Broker, unique_name: Callable[[str], str], tmp_path: Path) -> Iterator[Venue]:
    """Return a feed of checkpoint scans with isolations and passes beside it, all of its own."""
    others = [replace(feed, topic=unique_name(feed.name)) for feed in (ISOLATION, PASS)]
    checkpoint = Venue(kafka, unique_name("checkpoint"), tmp_path, kind=CHECKPOINT, others=others)
    checkpoint.make_topics()
    create_topics(kafka.bootstrap, [TopicSpec(name=ALERT.topic, partitions=1)])
    yield checkpoint
    checkpoint.stop()


def _tell(checkpoint: Venue, *events: Status) -> None:
    for number, event in enumerate(events):
        feed = next(feed for feed in checkpoint.others if feed.name == feed_of(event).name)
        record = record_of(event) | {"event_id": identity(900 + number)}
        checkpoint.publish([(identity(event.subject), encode(feed, record))], topic=feed.topic)


def _scan(number: int, *, person: int, place: int = _ELSEWHERE, now_ms: int, shows_pass: bool = False) -> bytes:
    record = plain_record(CHECKPOINT) | {
        "scan_id": identity(number),
        "subject": identity(person),
        "place_id": place,
        "event_time": now_ms,
        "pass_id": identity(person if shows_pass else 0),
    }
    return encode(CHECKPOINT, record)


def _pass(person: int, *, now_ms: int, action: PassAction = PassAction.ISSUED, begins: int = 0) -> Pass:
    valid_from = now_ms + begins
    return Pass(
        subject=person,
        thing=person,
        told=now_ms - HOUR_MS,
        action=action,
        valid_from=valid_from,
        valid_until=valid_from + 3 * DAY_MS,
    )


def test_breaches_and_passes_that_do_not_hold_are_told_of_once(checkpoint: Venue) -> None:
    now_ms = round(time.time() * 1_000)
    ordered = Isolation(
        subject=_ISOLATED,
        thing=1,
        told=now_ms - HOUR_MS,
        action=IsolationAction.ASSIGNED,
        starts=now_ms - HOUR_MS,
        days=14,
        site=_SITE,
    )
    granted = [_pass(person, now_ms=now_ms - HOUR_MS) for person in (_REVOKED, _VALID)]
    revoked = _pass(_REVOKED, now_ms=now_ms, action=PassAction.REVOKED)
    early = _pass(_EARLY, now_ms=now_ms, begins=DAY_MS)
    _tell(checkpoint, ordered, *granted, revoked, early)
    checkpoint.start_worker()
    scans = [
        (identity(_ISOLATED), _scan(1, person=_ISOLATED, place=_SITE, now_ms=now_ms)),
        (identity(_ISOLATED), _scan(2, person=_ISOLATED, now_ms=now_ms)),
        *(
            (identity(person), _scan(3 + number, person=person, now_ms=now_ms, shows_pass=True))
            for number, person in enumerate((_REVOKED, _EARLY, _VALID))
        ),
    ]
    checkpoint.publish([*scans, *scans])
    checkpoint.until_landed()
    people = {identity(person) for person in (_ISOLATED, _REVOKED, _EARLY, _VALID)}
    alerts = [decode(message.value())[1] for message in read_topic(checkpoint.kafka.bootstrap, ALERT.topic)]
    raised = [(alert["evidence"], alert["type"], alert["severity"]) for alert in alerts if alert["subject"] in people]
    assert sorted(raised) == [
        (identity(2), "ISOLATION_BREACH", "CRITICAL"),
        (identity(3), "PASS_EXPIRED", "CRITICAL"),
        (identity(4), "PASS_EXPIRED", "WARNING"),
    ]
