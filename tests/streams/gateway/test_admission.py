"""What is in flight stays within its bounds and is given back however a request ends."""

import pytest

from streams.gateway.admission import Admission
from streams.gateway.config import GatewayConfig
from streams.gateway.problem import Refusal
from tests.streams.gateway.samples import KEY


def test_room_is_taken_inside_the_block_and_given_back() -> None:
    admission = Admission(max_events=10, max_bytes=100)

    with admission.share() as share:
        share.hold_bytes(60)
        share.hold_bytes(40)
        share.hold_events(10)
        assert (admission.events, admission.body_bytes) == (10, 100)

    assert (admission.events, admission.body_bytes) == (0, 0)


def test_what_does_not_fit_is_refused_with_the_time_to_come_again() -> None:
    admission = Admission(max_events=10, max_bytes=100)

    with admission.share() as one, admission.share() as other:
        one.hold_events(6)
        with pytest.raises(Refusal) as refused:
            other.hold_events(5)
        assert admission.events == 6
    assert refused.value.status == 429
    assert refused.value.headers == {"Retry-After": "1"}


def test_bodies_are_bounded_too() -> None:
    admission = Admission(max_events=10, max_bytes=100)

    with admission.share() as one, admission.share() as other:
        one.hold_bytes(60)
        with pytest.raises(Refusal):
            other.hold_bytes(41)
        assert admission.body_bytes == 60
    assert admission.body_bytes == 0


def test_a_failure_inside_gives_the_room_back() -> None:
    admission = Admission(max_events=10, max_bytes=100)

    def fail() -> None:
        with admission.share() as share:
            share.hold_events(5)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert admission.events == 0


@pytest.mark.parametrize("limits", [{"max_events": 10, "max_inflight_events": 9}, {"max_body_bytes": 1 << 40}])
def test_limits_under_which_a_whole_request_could_never_fit_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be at least"):
        GatewayConfig(kafka_bootstrap="127.0.0.1:1", pseudonym_key=KEY, **limits)  # type: ignore[arg-type]  # only limits
