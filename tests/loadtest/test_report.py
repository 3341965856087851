from pathlib import Path

from loadtest import report
from loadtest.check import FeedResult
from loadtest.expected import Tally
from loadtest.ledger import Balance
from loadtest.verify import Comparison
from schemas.kinds import VENUE

_TALLY = Tally(published=100, landed=80, accepted=70, rescan=10, retry=15, rejected=5, late=3)
_FOUND = Tally(landed=80, accepted=70, rescan=10, rejected=5, late=3)


def _feed(comparison: Comparison | None = None, books: Balance | None = None) -> FeedResult:
    return FeedResult(VENUE, _TALLY, comparison or Comparison(found=_FOUND), books or Balance(tally=_TALLY))


def test_the_result_has_the_keys_demo_bench_and_loadtest_share() -> None:
    found = report.result(
        [_feed()], seconds=2.0, cpu_us_per_event={"worker": 1.0}, latency_ms={"p50": 10.04, "p99": 20.0}
    )
    assert found == {
        "events_per_second": 50.0,
        "cpu_us_per_event": {"worker": 1.0},
        "latency_ms": {"p50": 10.0, "p99": 20.0},
        "published": 100,
        "landed": 80,
        "retry": 15,
        "rescan": 10,
        "rejected": 5,
        "late": 3,
        "lost": 0,
        "doubled": 0,
        "wrong": 0,
        "balanced": True,
        "differences": [],
    }


def test_a_lost_row_is_not_balanced() -> None:
    lost = Comparison(found=_FOUND, lost=1, examples=["lost row: partition 1, offset 2"])
    found = report.outcome([_feed(), _feed(lost)])
    assert (found["balanced"], found["lost"]) == (False, 1)
    assert found["differences"] == ["venue: lost row: partition 1, offset 2"]


def test_a_ledger_that_counts_something_else_is_not_balanced() -> None:
    other = Balance(tally=Tally(published=100, landed=80, accepted=70, rescan=10, retry=20, late=3))
    found = report.outcome([_feed(books=other)])
    assert found["balanced"] is False
    assert "the ledger counts" in found["differences"][0]


def test_a_hole_in_the_ledger_is_not_balanced() -> None:
    found = report.outcome([_feed(books=Balance(tally=_TALLY, faults=("a hole",)))])
    assert (found["balanced"], found["differences"]) == (False, ["venue: a hole"])


def test_the_report_is_written_as_json(tmp_path: Path) -> None:
    report.write(tmp_path / "new" / "report.json", {"lost": 0})
    assert (tmp_path / "new" / "report.json").read_text() == '{\n  "lost": 0\n}\n'
    report.write(None, {"lost": 0})


def test_machine_and_versions_are_told() -> None:
    assert report.machine()["cores"] >= 1
    assert report.versions()["faust-streaming"] == "0.15.3"
