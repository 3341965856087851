"""CPU of a process as a line: so much an event, and so much a landing message whatever is in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loadtest.planning.measured_runs import ROLES, Run

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of CPU an event and a landing message."""

    event_us: float
    message_us: float

    def us(self, events_per_message: float) -> float:
        """Return the cost of an event in messages of that many."""
        return self.event_us + self.message_us / events_per_message


def fit_costs(runs: Sequence[Run]) -> Mapping[str, Cost]:
    """Fit each role's line to runs with large and small messages.

    Errors count relative to what was measured, so that cheap runs count like dear ones; neither cost is below 0.
    """
    messages = np.array([1 / run.events_per_message for run in runs])
    return {role: _fit(messages, np.array([run.cpu_us[role] for run in runs])) for role in ROLES}


def _fit(messages: Floats, measured_us: Floats) -> Cost:
    """Minimise the squares of event_us / y + message_us × messages / y − 1 over non-negative costs."""
    weights = 1 / np.maximum(measured_us, 1e-9)
    columns = np.stack([weights, messages * weights], axis=1)
    target = np.ones(len(weights))
    (event, message), *_ = np.linalg.lstsq(columns, target, rcond=None)
    if message < 0:
        event, message = _alone(columns[:, 0]), 0.0
    elif event < 0:
        event, message = 0.0, _alone(columns[:, 1])
    return Cost(float(event), float(message))


def _alone(column: Floats) -> float:
    return float(column.sum() / (column @ column))
