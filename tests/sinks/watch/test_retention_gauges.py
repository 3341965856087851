"""The gauges show the last proof, and age between runs."""

from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry

from sinks.errors import ErrorClass, TryAgain
from sinks.retention.holds import Hold
from sinks.retention.proof import Account, Proof
from sinks.watch.retention_gauges import RetentionGauges
from tests.sinks.clock import Clock

NOW = datetime(2021, 9, 15, tzinfo=UTC)


def account(table: str, province: int, *, deleted: int = 0, days_old: float | None = None) -> Account:
    """Return an account of which only this matters."""
    oldest = None if days_old is None else NOW - timedelta(days=days_old)
    return Account(
        table=table, province=province, days=28, rows_before=9, deleted=deleted, rows_after=9, held=0, waiting=0,
        remaining=deleted // 4 * 2, oldest=oldest,
    )  # fmt: skip


def test_gauges_show_the_last_proof_and_age_until_the_next() -> None:
    registry, clock, answers = CollectorRegistry(), Clock(), list[Proof | Exception]()
    moment = [NOW]

    def last_proof() -> Proof | None:
        answer = answers.pop() if answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer

    gauges = RetentionGauges(registry, last_proof=last_proof, now=lambda: moment[0], clock=clock)
    gauges.step()
    assert registry.get_sample_value("scanstream_retention_holds") == 0
    moment[0] = NOW + timedelta(hours=1)
    assert registry.get_sample_value("scanstream_retention_age_seconds") == 3_600  # since the watch started
    proof = Proof(
        run_at=NOW,
        accounts=(
            account("scans", 42, deleted=3, days_old=10),
            account("scans", 64, deleted=4),
            account("cases", 42, days_old=27),
            account("dead_letter_log", 0, days_old=90),
        ),
        holds=(Hold(case_id="0a" * 16, reason="case open", people=1, contacts=0),),
    )
    for answer, waited, oldest in ((proof, 0, 27), (TryAgain("away", ErrorClass.NETWORK), 1, 27), (proof, 1, 28)):
        answers.append(answer)
        clock.seconds += gauges.step()
        moment[0] = NOW + timedelta(days=waited)
        gauges.step()
        oldest_seconds = registry.get_sample_value("scanstream_retention_oldest_seconds", {"province": "42"})
        assert oldest_seconds == oldest * 86_400
    assert registry.get_sample_value("scanstream_retention_age_seconds") == 86_400
    assert registry.get_sample_value("scanstream_retention_remaining_rows") == 2
    assert registry.get_sample_value("scanstream_retention_deleted_rows", {"table": "scans"}) == 7
    assert registry.get_sample_value("scanstream_retention_oldest_seconds", {"province": "0"}) is None
    assert registry.get_sample_value("scanstream_retention_holds") == 1
