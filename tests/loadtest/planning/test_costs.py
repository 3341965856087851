"""Costs an event and a message, from runs with large and small messages."""

import pytest

from loadtest.planning.costs import Cost, fit_costs
from loadtest.planning.measured_runs import ROLES, Run


def _runs(**us_by_messages: float) -> list[Run]:
    """Return runs named by events of a message, `m1000=3.0`, all roles alike."""
    return [
        Run(cpu_us=dict.fromkeys(ROLES, us), events_per_message=float(name[1:])) for name, us in us_by_messages.items()
    ]


def test_a_line_through_the_runs_is_found() -> None:
    cost = Cost(event_us=2, message_us=5_000)
    fitted = fit_costs(_runs(m50000=cost.us(50_000), m20000=cost.us(20_000), m1000=cost.us(1_000)))
    assert fitted["worker"].event_us == pytest.approx(2)
    assert fitted["worker"].message_us == pytest.approx(5_000)


def test_runs_with_equal_messages_tell_no_cost_a_message() -> None:
    fitted = fit_costs(_runs(m50000=2.0) + _runs(m50000=4.0))
    assert fitted["sink"].us(50_000) == pytest.approx(2.4)
    assert fitted["sink"].message_us * 1e-3 < 1


@pytest.mark.parametrize("small", [1.0, 4_000.0])
def test_no_cost_is_below_zero(small: float) -> None:
    fitted = fit_costs(_runs(m50000=2.0, m1000=small))["broker"]
    assert min(fitted.event_us, fitted.message_us) >= 0
