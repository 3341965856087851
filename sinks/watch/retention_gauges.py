"""What the last run of retention left, as metrics: whoever runs it ends, so the watch shows them."""

from collections.abc import Callable
from datetime import datetime

from prometheus_client import CollectorRegistry

from schemas import metrics
from sinks.retention.classes import of_people
from sinks.retention.proof import Proof
from sinks.watch.look import Look


class RetentionGauges:
    """Gauges of the last proof; call `step` again and again."""

    def __init__(
        self,
        registry: CollectorRegistry,
        *,
        last_proof: Callable[[], Proof | None],
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        """Register them; `last_proof` may raise TryAgain, `now` is aware, `clock` gives seconds that only grow."""
        self._deleted = metrics.gauge(metrics.RETENTION_DELETED, registry)
        self._oldest = metrics.gauge(metrics.RETENTION_OLDEST, registry)
        self._holds = metrics.gauge(metrics.RETENTION_HOLDS, registry)
        self._remaining = metrics.gauge(metrics.RETENTION_REMAINING, registry)
        self._since = now()
        age = metrics.gauge(metrics.RETENTION_AGE, registry)
        age.set_function(self._age_seconds)
        self._now = now
        self._look = Look(what="proof of retention", read=last_proof, show=self._show, clock=clock)

    def step(self) -> float:
        """Read the last proof if it is time, and return the seconds until it is next."""
        return self._look.step()

    def _age_seconds(self) -> float:
        return (self._now() - self._since).total_seconds()

    def _show(self, proof: Proof | None) -> None:
        if proof is None:
            return
        self._since = proof.run_at
        self._remaining.set(sum(it.remaining for it in proof.accounts))
        self._deleted.clear()
        for account in proof.accounts:
            self._deleted.labels(account.table).inc(account.deleted)
        self._oldest.clear()
        for province, oldest in _oldest(proof).items():
            self._oldest.labels(str(province)).set((self._now() - oldest).total_seconds())
        self._holds.set(len(proof.holds))


def _oldest(proof: Proof) -> dict[int, datetime]:
    """Return by province the time of the oldest row about a person."""
    found: dict[int, datetime] = {}
    tables = {it.table for it in of_people()}
    for account in proof.accounts:
        if account.table in tables and account.oldest:
            found[account.province] = min(found.get(account.province, account.oldest), account.oldest)
    return found
