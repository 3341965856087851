"""Real workers on a real broker: what they leave in the landing log, through crashes and with company."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from confluent_kafka import Producer

from deploy.kafka.broker import Broker
from deploy.user_error import UserError
from schemas.enums import Verdict
from schemas.kinds import VENUE
from schemas.wire import encode, header
from tests.schemas.landing import trimmed
from tests.schemas.samples import plain_record
from tests.streams.venue import SECONDS, Venue, metric
from tests.streams.window.events import Event
from tests.streams.window.oracle import Outcome, truth
from tests.streams.window.pipeline import decisions, resolved
from tests.waiting import until

pytestmark = pytest.mark.integration
Sent = tuple[bytes | None, bytes | None]


@pytest.fixture
def venue(kafka: Broker, unique_name: Callable[[str], str], tmp_path: Path) -> Iterator[Venue]:
    """Return a venue feed of its own; its workers are ended with the test."""
    venue = Venue(kafka, unique_name("venue"), tmp_path)
    venue.make_topics()
    yield venue
    venue.stop()


def _scan(number: int, *, person: int, ago_ms: int = 0) -> Sent:
    """Return a scan made `ago_ms` ago."""
    subject = person.to_bytes(16, "little")
    record = plain_record(VENUE) | {
        "scan_id": number.to_bytes(16, "little"),
        "subject": subject,
        "place_id": 1,
        "device_id": 1,
        "event_time": round(time.time() * 1000) - ago_ms,
    }
    return subject, encode(VENUE, record)


def _scans(count: int, *, first: int) -> list[Sent]:
    """Return scans of `count` people and a re-scan of every tenth."""
    scans = [_scan(first + number, person=first + number) for number in range(count)]
    again = [_scan(first + count + number, person=first + number) for number in range(0, count, 10)]
    return scans + again


def _expected(raw: Sequence[tuple[int, Event | None]]) -> list[tuple[Verdict, int]]:
    """Return verdict and repeated offset at every offset; what can't be read is rejected."""
    offsets = [offset for offset, event in raw if event is not None]
    outcomes = truth([event for _, event in raw if event is not None], window_ms=VENUE.rescan_window_ms)
    found = dict.fromkeys((offset for offset, _ in raw), (Verdict.REJECTED, -1))
    for offset, outcome in zip(offsets, outcomes, strict=True):
        found[offset] = (outcome.verdict, offsets[outcome.of] if outcome.of >= 0 else -1)
    return [found[offset] for offset in sorted(found)]


def _check(venue: Venue) -> list[Outcome]:
    """Assert that the log of every partition is whole, balanced and true; return all outcomes."""
    outcomes: list[Outcome] = []
    for raw, log in zip(venue.raw(), map(trimmed, venue.log()), strict=True):
        assert (log[0].first, log[-1].last) == (raw[0][0], raw[-1][0])
        assert all(one.last + 1 == other.first for one, other in pairwise(log))
        assert all(message.counts.balanced for message in log)
        assert len(decisions(log)) == len(raw)
        found = resolved(log)
        assert [(outcome.verdict, outcome.of) for outcome in found] == _expected(raw)
        outcomes += found
    return outcomes


def _count(outcomes: list[Outcome], verdict: Verdict) -> int:
    return sum(outcome.verdict is verdict for outcome in outcomes)


def test_a_killed_worker_goes_on_where_its_log_ends_and_knows_what_it_knew(venue: Venue) -> None:
    before, after = _scans(1_000, first=1), _scans(500, first=5_001)
    venue.publish(before)
    worker = venue.start_worker()
    venue.until_landed()
    worker.kill()
    venue.publish([*after, *before])
    venue.start_worker()
    venue.until_landed()
    for log in venue.log():
        assert all(one.last + 1 == other.first for one, other in pairwise(log))
    outcomes = _check(venue)
    assert _count(outcomes, Verdict.ACCEPTED) == 1_500
    assert _count(outcomes, Verdict.RESCAN) == 150
    assert _count(outcomes, Verdict.RETRY) == 1_100


def test_what_cannot_be_read_is_rejected_and_everything_else_lands(venue: Venue) -> None:
    whole = _scan(1, person=1)[1] or b""
    subject = (1).to_bytes(16, "little")
    poison: list[Sent] = [
        (subject, None),
        (subject, b""),
        (subject, b"\1"),
        (subject, header(999) + whole),
        (subject, whole[:-1]),
        (subject, whole + b"\0"),
        (subject, bytes(100_000)),
        (None, b"no key"),
    ]
    venue.start_worker()
    for number, codec in enumerate(("none", "gzip", "snappy", "lz4", "zstd")):
        venue.publish([*poison, *_scans(100, first=1_000 * (number + 1))], codec=codec)
    venue.until_landed()
    outcomes = _check(venue)
    assert _count(outcomes, Verdict.ACCEPTED) == 500
    assert _count(outcomes, Verdict.REJECTED) == 5 * len(poison)


def test_workers_share_the_partitions_and_take_over_from_one_that_leaves(venue: Venue) -> None:
    first = venue.start_worker()
    venue.publish(_scans(400, first=1))
    second = venue.start_worker()
    rounds = iter(range(1, 100))

    def both_work() -> bool:
        venue.publish(_scans(100, first=10_000 * next(rounds)))
        return metric(first, "scanstream_events_total") > 0 and metric(second, "scanstream_events_total") > 0

    until(both_work)
    second.stop()
    venue.publish(_scans(400, first=5_000_001))
    venue.until_landed()
    outcomes = _check(venue)
    assert _count(outcomes, Verdict.RETRY) == 0
    assert first.exit_code is None


def test_a_damaged_log_ends_the_worker_loudly(venue: Venue) -> None:
    producer = Producer({"bootstrap.servers": venue.kafka.bootstrap})
    producer.produce(venue.feed.landing_topic, b"", partition=0, headers=[("v", b"1"), ("first", b"soon")])
    assert producer.flush(SECONDS) == 0
    with contextlib.suppress(UserError):  # it may be ready before it has read the log
        venue.start_worker()
    (worker,) = venue.workers
    until(lambda: worker.exit_code is not None)
    assert worker.exit_code
    assert "not a landing-log message" in worker.output()
