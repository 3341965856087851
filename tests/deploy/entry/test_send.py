from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.entry.lines import Line
from deploy.entry.send import GaveUp, Sending, Settled
from streams.device.answer import Reply
from streams.device.backoff import Backoff
from streams.device.gateway import Post, Unreachable
from tests.deploy.entry.forms import declaration, judged, table_of

_LINES = judged(table_of(*(declaration(seed) for seed in range(9))))
_NOW = datetime(2021, 8, 10, tzinfo=UTC)


class Gateway:
    """Stores what it is sent, after the given troubles; refuses the events `refuses` tells."""

    def __init__(self, *troubles: Reply | Exception, refuses: Callable[[Any], bool] = lambda _: False) -> None:
        self._troubles, self._refuses = list(troubles), refuses
        self.stored: list[str] = []

    def post(self, body: bytes) -> Reply:
        if self._troubles:
            trouble = self._troubles.pop(0)
            if isinstance(trouble, Exception):
                raise trouble
            return trouble
        answers = [self._answer(index, event) for index, event in enumerate(msgspec.json.decode(body))]
        return Reply(status=200, body=msgspec.json.encode({"events": answers}))

    def _answer(self, index: int, event: Any) -> dict[str, object]:
        if self._refuses(event):
            return {"status": "rejected", "index": index, "reason": "kind is no kind"}
        self.stored.append(event["event_id"])
        return {"status": "accepted", "scan_id": event["event_id"]}


def _sending(post: Post, waits: list[float], *, most_events: int = 4, patience_seconds: float = 300.0) -> Sending:
    return Sending(
        post=post,
        now=lambda: _NOW,
        wait=waits.append,
        backoff=Backoff(uniform=lambda _low, high: high),
        most_events=most_events,
        patience_seconds=patience_seconds,
    )


def _sent(gateway: Gateway, lines: Sequence[Line] = _LINES, *, most_events: int = 4) -> list[Settled]:
    return list(_sending(gateway.post, [], most_events=most_events).send(lines))


@given(
    st.lists(
        st.sampled_from(
            [
                Unreachable("away"),
                Reply(status=503),
                Reply(status=429, retry_after="2"),
                Reply(status=413),
                Reply(status=200, body=b"<html>"),
            ]
        ),
        max_size=3,
    )
)
def test_whatever_troubles_pass_every_line_is_stored_once_and_settled_once(troubles: list[Any]) -> None:
    gateway = Gateway(*troubles)
    settled = _sent(gateway, most_events=9)
    assert [one.line for one in settled] == list(_LINES)
    assert gateway.stored == [str(line.event_id) for line in _LINES]


def test_what_the_gateway_refuses_is_settled_with_its_reason() -> None:
    wrong = str(_LINES[5].event_id)
    settled = _sent(Gateway(refuses=lambda event: event["event_id"] == wrong))
    assert [one.reason for one in settled] == ["", "", "", "", "", "kind is no kind", "", "", ""]


def test_pauses_grow_and_hold_what_the_gateway_asks_for() -> None:
    waits: list[float] = []
    gateway = Gateway(Unreachable("away"), Unreachable("away"), Reply(status=429, retry_after="7"))
    assert len(list(_sending(gateway.post, waits).send(_LINES))) == 9
    assert waits == pytest.approx([0.6, 1.1, 9.0])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 415])
def test_a_refused_token_is_not_tried_again(status: int) -> None:
    waits: list[float] = []
    problem = Reply(status=status, body=b'{"detail": "The token is not valid."}')
    with pytest.raises(GaveUp, match="the gateway says: The token is not valid"):
        list(_sending(Gateway(problem).post, waits).send(_LINES))
    assert waits == []


def test_it_gives_up_after_its_patience() -> None:
    waits: list[float] = []
    gateway = Gateway(*[Unreachable("the gateway can't be reached")] * 1_000)
    with pytest.raises(GaveUp, match="can't be reached"):
        list(_sending(gateway.post, waits, patience_seconds=100).send(_LINES))
    assert 100 <= sum(waits) < 200


def test_an_event_too_large_on_its_own_ends_it() -> None:
    with pytest.raises(GaveUp):
        _sent(Gateway(*[Reply(status=413)] * 20))


def test_nothing_is_asked_for_no_lines() -> None:
    assert _sent(Gateway(Unreachable("away")), []) == []
