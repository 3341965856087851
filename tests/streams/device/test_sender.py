"""Whatever the gateway and the network do, each scan arrives, under one identity, and pauses are kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.device.answer import Reply, Trouble
from streams.device.backoff import Backoff
from streams.device.gateway import Unreachable
from streams.device.queue import ScanQueue
from streams.device.queue_file import QueueError
from streams.device.sender import PROMPT_MS, Sender, Settled
from tests.streams.device.kiosk_parts import Clock, FakeGateway, accepted, nobody, queue_in, scan


class Desk:
    """A sender with all it works with."""

    def __init__(self, queue: ScanQueue, *, most_events: int = 200) -> None:
        self.clock, self.gateway, self.queue = Clock(), FakeGateway(), queue
        self.settled: list[Settled] = []
        self.troubles: list[Trouble | None] = []
        self.sender = Sender(
            queue=self.queue,
            post=self.gateway.post,
            now=self.clock,
            on_settled=self.settled.extend,
            on_trouble=self.troubles.append,
            backoff=Backoff(uniform=lambda _low, high: high),
            most_events=most_events,
        )

    def put(self, count: int) -> list[int]:
        """Have scans wait; return their numbers."""
        return [self.queue.put(scan(number, now=self.clock())) for number in range(count)]


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[ScanQueue]:
    """Return an empty queue."""
    queue = queue_in(tmp_path)
    yield queue
    queue.close()


@pytest.fixture
def desk(queue: ScanQueue) -> Desk:
    """Return a sender with an empty queue and a gateway that takes everything."""
    return Desk(queue)


@pytest.fixture(scope="module")
def shared_queue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScanQueue]:
    """Return a queue that is empty at the beginning of each example, for each leaves it so."""
    queue = queue_in(tmp_path_factory.mktemp("queue"))
    yield queue
    queue.close()


def test_nothing_to_send_is_no_request(desk: Desk) -> None:
    assert desk.sender.step() is None
    assert desk.gateway.batches == []


def test_batches_are_bounded_and_in_order_without_pauses(queue: ScanQueue) -> None:
    desk = Desk(queue, most_events=4)
    desk.put(10)
    assert [desk.sender.step() for _ in range(4)] == [0.0, 0.0, 0.0, None]
    assert desk.gateway.batches == [4, 4, 2]
    assert [event["device_seq"] for event in desk.gateway.stored] == list(range(1, 11))
    assert [one.scan.device_seq for one in desk.settled] == list(range(1, 11))


def test_a_scan_sent_again_is_the_same_but_for_the_time_of_sending(desk: Desk) -> None:
    desk.put(1)
    sent: list[dict[str, Any]] = []

    def swallow(events: list[dict[str, Any]]) -> Reply:
        sent.extend(events)
        raise Unreachable("the answer was lost")

    desk.gateway.behave = swallow
    desk.clock.pass_by(PROMPT_MS / 1_000)
    desk.sender.step()
    desk.clock.pass_by(0.001)
    desk.sender.step()

    first, second = sent
    assert first["sent_at"] - first["event_time"] == PROMPT_MS
    assert second["sent_at"] - second["event_time"] == PROMPT_MS + 1
    assert (first["offline"], second["offline"]) == (False, True)
    changed = {"sent_at": 0, "offline": False}
    assert first | changed == second | changed


def test_a_gateway_that_is_away_is_asked_ever_more_rarely_and_told_once_it_is_back(desk: Desk) -> None:
    desk.put(2)
    desk.gateway.behave = nobody
    assert [desk.sender.step() for _ in range(4)] == [0.5, 1, 2, 4]
    assert not desk.sender.online
    desk.gateway.behave = lambda _events: None
    assert desk.sender.step() == 0.0
    assert desk.sender.online
    assert [trouble is None for trouble in desk.troubles] == [False] * 4 + [True]
    assert desk.sender.step() is None
    desk.put(1)
    desk.gateway.behave = nobody
    assert desk.sender.step() == 0.5


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_gateway_gets_the_pause_it_asks_for_and_jitter(desk: Desk, status: int) -> None:
    desk.put(1)
    desk.gateway.behave = lambda _events: Reply(status=status, retry_after="20")
    assert [desk.sender.step(), desk.sender.step()] == [20.5, 21]


def test_what_the_gateway_refuses_is_remembered_shown_and_never_sent_again(desk: Desk) -> None:
    desk.put(3)

    def refuse_second(events: list[dict[str, Any]]) -> Reply:
        outcomes = [{"status": "accepted", "scan_id": event["scan_id"]} for event in events]
        outcomes[1] = {"status": "rejected", "index": 1, "reason": "gate is wrong"}
        return Reply(status=200, body=msgspec.json.encode({"events": outcomes}))

    desk.gateway.behave = refuse_second
    assert [desk.sender.step(), desk.sender.step()] == [0.0, None]
    assert desk.gateway.batches == [3]
    assert [one.reason for one in desk.queue.refused()] == ["gate is wrong"]
    assert [one.refused is None for one in desk.settled] == [True, False, True]


def test_too_large_a_batch_is_halved_until_it_fits_and_grows_again(desk: Desk) -> None:
    desk.put(40)
    desk.gateway.behave = lambda events: Reply(status=413) if len(events) > 10 else None
    while desk.sender.step() is not None:
        pass
    assert desk.gateway.batches == [40, 20, 10, 20, 10, 20, 10, 10]
    desk.gateway.behave = lambda _events: Reply(status=413)
    desk.put(1)
    assert desk.sender.step() == 0.5  # a single scan isn't too large for a gateway: it stays
    assert desk.queue.count() == 1


def test_a_revoked_token_keeps_the_scans(desk: Desk) -> None:
    desk.put(2)
    desk.gateway.behave = lambda _events: Reply(status=401, body=b'{"detail": "The token is not valid."}')
    assert desk.sender.step() == 0.5
    assert desk.queue.count() == 2
    assert desk.troubles[-1] is not None
    assert desk.troubles[-1].sentence == "the gateway says: The token is not valid"


def test_a_scan_damaged_on_the_disk_is_refused_and_keeps_nobody_waiting(desk: Desk) -> None:
    desk.put(2)
    desk.queue._database.execute("UPDATE waiting SET sealed = x'00' WHERE device_seq = 1")
    assert [desk.sender.step(), desk.sender.step()] == [0.0, None]
    assert [event["device_seq"] for event in desk.gateway.stored] == [2]
    assert [(one.device_seq, "damaged" in one.reason) for one in desk.queue.refused()] == [(1, True)]


def test_a_queue_that_cannot_be_written_is_trouble_and_no_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put(1)

    def full(*_arguments: object, **_named: object) -> None:
        raise QueueError("this device's queue can't be written (disk full)")

    with monkeypatch.context() as patched:
        patched.setattr(ScanQueue, "settle", full)
        assert desk.sender.step() == 0.5
    assert desk.settled == []
    assert [desk.sender.step(), desk.sender.step()] == [0.0, None]
    assert len(set(desk.gateway.scan_ids())) == 1


_BEHAVIOURS = st.sampled_from(["stored", "lost answer", "away", "busy", "half", "too large", "login page"])


@given(st.integers(0, 12), st.integers(1, 5), st.lists(_BEHAVIOURS, max_size=12))
def test_every_scan_arrives_under_one_identity_whatever_happens(
    shared_queue: ScanQueue, count: int, most_events: int, behaviours: list[str]
) -> None:
    desk = Desk(shared_queue, most_events=most_events)
    plan = iter(behaviours)

    def behave(events: list[dict[str, Any]]) -> Reply | None:
        match next(plan, "stored"):
            case "lost answer":
                desk.gateway.stored += events
                raise Unreachable("the answer was lost")
            case "away":
                raise Unreachable("nobody is there")
            case "busy":
                return Reply(status=429, retry_after="1")
            case "half":
                return _half(desk.gateway, events)
            case "too large":
                return Reply(status=413)
            case "login page":
                return Reply(status=200, body=b"<html>")
        return None

    desk.gateway.behave = behave
    numbers = desk.put(count)
    for _ in range(count + 3 * len(behaviours) + 2):
        pause_seconds = desk.sender.step()
        desk.clock.pass_by(pause_seconds or 0.0)

    assert pause_seconds is None
    assert {event["device_seq"]: event["scan_id"] for event in desk.gateway.stored} == {
        device_seq: str(scan(number).scan_id) for number, device_seq in enumerate(numbers)
    }
    assert len({(event["scan_id"], event["event_time"]) for event in desk.gateway.stored}) == count
    assert [one.scan.device_seq for one in sorted(desk.settled, key=lambda one: one.scan.device_seq)] == numbers


def _half(gateway: FakeGateway, events: list[dict[str, Any]]) -> Reply:
    """Store the first half, and say of the rest that it isn't."""
    kept = len(events) // 2
    gateway.stored += events[:kept]
    outcomes = msgspec.json.decode(accepted([event["scan_id"] for event in events]).body)["events"]
    for index in range(kept, len(events)):
        outcomes[index] = {"status": "rejected", "index": index, "reason": "not_stored"}
    return Reply(status=503, body=msgspec.json.encode({"events": outcomes}), retry_after="1")
