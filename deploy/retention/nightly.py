"""Which run of retention is due: one a night, and one that was missed as soon as somebody can make it."""

import logging
from collections.abc import Callable
from datetime import datetime, time
from typing import Protocol

from prometheus_client import CollectorRegistry

from deploy.retention.turns import last_turn
from deploy.user_error import UserError
from schemas import metrics
from sinks.retention.proof import Proof

_log = logging.getLogger(__name__)


class Stopped(Exception):
    """The process is to end: the run under way is given up; the next one goes on where it stopped."""


class Runs(Protocol):
    """Where retention is run; raises UserError where that can't be done now."""

    def last_run(self) -> datetime | None:
        """Return the moment (aware) of the last run that left a proof, None where there is none."""

    def run(self) -> Proof:
        """Delete what is due and return the proof; may raise Stopped."""


class Nightly:
    """The schedule at work; call `step` again and again. Proofs tell what was done, so it keeps nothing."""

    def __init__(self, *, at: time, runs: Runs, registry: CollectorRegistry, now: Callable[[], datetime]) -> None:
        """Register its metric; `now` gives aware UTC."""
        self._at, self._runs, self._now = at, runs, now
        self._turns = metrics.counter(metrics.RETENTION_TURNS, registry)

    def step(self) -> None:
        """Run retention if it has not been since its last turn; what fails is tried in the next step, too."""
        try:
            last = self._runs.last_run()
            if last is not None and last >= last_turn(self._at, self._now()):
                return
            proof = self._runs.run()
        except Stopped:
            return
        except UserError as problem:
            _log.warning("retention: %s", problem.message)
            self._turns.labels("failed").inc()
            return
        self._turns.labels("complete" if proof.complete else "incomplete").inc()
        _log.info("retention: %d rows deleted, digest %s", proof.deleted, proof.digest)
