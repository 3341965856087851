"""The answer has one entry an event, in order."""

from streams.gateway.answer import Accepted, Answer, Rejected, answer_of
from streams.gateway.outcome import Invalid, Outcome, Ready


def _ready(scan_id: str) -> Ready:
    return Ready("venue", "t", b"k", b"v", scan_id)


def test_each_event_has_its_answer_in_order() -> None:
    outcomes: list[Outcome] = [_ready("a"), Invalid("venue", "direction is missing"), _ready("b")]

    assert answer_of(outcomes, [True, True]) == (
        200,
        Answer(2, 1, [Accepted("a"), Rejected(1, "direction is missing"), Accepted("b")]),
    )


def test_what_is_not_stored_must_be_sent_again() -> None:
    outcomes: list[Outcome] = [Invalid("venue", "no"), _ready("a"), _ready("b")]

    assert answer_of(outcomes, [True, False]) == (
        503,
        Answer(1, 2, [Rejected(0, "no"), Accepted("a"), Rejected(2, "not_stored", "b")]),
    )


def test_an_empty_batch_has_an_empty_answer() -> None:
    assert answer_of([], []) == (200, Answer(0, 0, []))
