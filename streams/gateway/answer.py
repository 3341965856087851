"""The answer to a batch of events, one entry an event, in the order they came."""

from collections.abc import Sequence
from http import HTTPStatus

import msgspec

from streams.gateway.outcome import Invalid, Outcome

NOT_STORED = "not_stored"


class Accepted(msgspec.Struct, frozen=True, gc=False, tag_field="status", tag="accepted"):
    """The event with this `scan_id` is stored."""

    scan_id: str


class Rejected(msgspec.Struct, frozen=True, gc=False, tag_field="status", tag="rejected", omit_defaults=True):
    """The event at this place of the request, from 0, is not accepted.

    Its `scan_id` is given when only storing it failed (reason `not_stored`): sent again as it is, it counts once.
    """

    index: int
    reason: str
    scan_id: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """The whole answer."""

    accepted: int
    rejected: int
    events: list[Accepted | Rejected]


def answer_of(outcomes: Sequence[Outcome], stored: Sequence[bool]) -> tuple[HTTPStatus, Answer]:
    """Return status and answer. `stored` tells for each ready outcome, in order, whether Kafka has it.

    The status is 200 when every event has a final answer, and 503 when some must be sent again.
    """
    is_stored = iter(stored)
    events: list[Accepted | Rejected] = []
    for index, outcome in enumerate(outcomes):
        if isinstance(outcome, Invalid):
            events.append(Rejected(index, outcome.reason))
        elif next(is_stored):
            events.append(Accepted(outcome.scan_id))
        else:
            events.append(Rejected(index, NOT_STORED, outcome.scan_id))
    accepted = sum(stored)
    status = HTTPStatus.OK if accepted == len(stored) else HTTPStatus.SERVICE_UNAVAILABLE
    return status, Answer(accepted, len(events) - accepted, events)
