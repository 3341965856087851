"""A demonstration publishes, looks, drains and checks in this order, ends its parts whatever happens, and reports."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pytest

from loadtest.check import FeedResult
from loadtest.cpu import CpuMeter
from loadtest.demo import Demo
from loadtest.demo_view import Moment
from loadtest.drain import NotDrained
from loadtest.expected import Expected, Tally
from loadtest.ledger import Balance
from loadtest.reports.truth import Sent
from loadtest.run import Run
from loadtest.verify import Comparison
from loadtest.visibility import Sightings
from schemas.kinds import VENUE, Feed
from tests.loadtest.scenarios import START_MS, rough_workload

_EVENTS = 400
_EARLIER = Tally(published=1_000, landed=900, accepted=900)


class _Clock:
    """Time that passes only while somebody sleeps; it begins when the first event is due."""

    def __init__(self) -> None:
        self.seconds = START_MS / 1_000

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class _Part:
    """A part that notes what is done to it; a load is over when it was looked at twice."""

    def __init__(self, name: str, diary: list[str], *, looks: int = 2) -> None:
        self._name, self._diary, self._looks_left = name, diary, looks
        self.sightings = Sightings()
        self.accepted, self.requests = 30, 7
        self.runs: list[Run] = []
        self.published = _EVENTS
        self.sent: Mapping[Feed, Sent] = {}

    def start(self) -> None:
        self._diary.append(f"{self._name} starts")

    def stop(self) -> None:
        self._diary.append(f"{self._name} stops")

    def running(self) -> bool:
        self._looks_left -= 1
        return self._looks_left >= 0

    def join(self) -> None:
        self._diary.append(f"{self._name} done")


class _Check:
    """Finds everything as it must be, until told that it never drains."""

    def __init__(self, diary: list[str], *, drains: bool = True) -> None:
        self._diary, self._drains = diary, drains

    def drain(self) -> None:
        self._diary.append("drain")
        if not self._drains:
            raise NotDrained("too long")

    def results(self, direct: Sequence[Run], *, accepted: int) -> list[FeedResult]:
        self._diary.append(f"check {len(direct)} runs and {accepted} events")
        return [_result(self.expected(run).tally()) for run in direct]

    def reported(self, sent: Iterable[Sent]) -> list[FeedResult]:
        self._diary.append(f"check {len(list(sent))} report feeds")
        return []

    def expected(self, run: Run) -> Expected:
        return run.expected(uncertainty_ms=1_000)


def _result(truth: Tally) -> FeedResult:
    found = Tally(landed=truth.landed, accepted=truth.accepted, rescan=truth.rescan, rejected=truth.rejected)
    return FeedResult(VENUE, truth, Comparison(found=found), Balance(tally=truth))


class _Stage:
    """A demonstration of fakes, what was done in it, and what it showed."""

    def __init__(self, *, drains: bool = True) -> None:
        self.diary: list[str] = []
        self.shown: list[Moment] = []
        self.clock = _Clock()
        direct, gateway, self.watcher = (_Part(name, self.diary) for name in ("direct", "gateway", "watcher"))
        reports = _Part("reports", self.diary, looks=0)
        direct.runs, reports.published = [_run()], 0
        self.demo = Demo(
            seconds=2.0,
            began_ms=START_MS - 6_000,
            start_ms=START_MS,
            direct=direct,
            by_gateway=gateway,
            reports=reports,
            watcher=self.watcher,
            meter=CpuMeter({}),
            check=_Check(self.diary, drains=drains),
            totals=iter([_EARLIER] + 9 * [Tally(published=1_300, landed=1_100, accepted=1_100)]).__next__,
            now=self.clock.now,
            sleep=self.clock.sleep,
            look_back=lambda: self.diary.append("look back"),
        )


def _run() -> Run:
    workload = rough_workload(events=_EVENTS)
    run = Run(workload, {})
    for chunk in workload.chunks():
        run.note(chunk)
    return run


def test_it_publishes_then_drains_then_stops_every_part_then_checks() -> None:
    stage = _Stage()
    stage.demo.run(stage.shown.append)
    assert stage.diary == [
        *("watcher starts", "direct starts", "gateway starts", "reports starts"),
        *("direct done", "gateway done", "reports done", "drain"),
        *("direct stops", "gateway stops", "reports stops", "watcher stops"),
        *("look back", "drain", "check 1 runs and 30 events", "check 0 report feeds"),
    ]


def test_parts_are_stopped_when_it_does_not_drain() -> None:
    stage = _Stage(drains=False)
    with pytest.raises(NotDrained):
        stage.demo.run(stage.shown.append)
    assert stage.diary[-4:] == ["direct stops", "gateway stops", "reports stops", "watcher stops"]


def test_what_was_in_the_ledger_before_does_not_count() -> None:
    stage = _Stage()
    stage.demo.run(stage.shown.append)
    assert {moment.done for moment in stage.shown} == {Tally(published=300, landed=200, accepted=200)}


def test_it_shows_itself_while_it_publishes_and_once_more_when_all_is_landed() -> None:
    stage = _Stage()
    stage.demo.run(stage.shown.append)
    assert [moment.seconds for moment in stage.shown] == pytest.approx([0.5, 1.0, 1.5, 2.0, 2.0])
    assert [moment.rate for moment in stage.shown[:2]] == pytest.approx([860, 430])
    assert stage.shown[-1].lag == 130


def test_the_report_has_rate_ledger_and_latency_and_when_the_first_row_was_there() -> None:
    stage = _Stage()
    last_offsets = {partition: len(due) - 1 for partition, due in stage.demo.direct.runs[0].intended_ms().items()}
    stage.watcher.sightings.add(1, 0, START_MS + 1_500.0)
    for partition, offset in last_offsets.items():
        stage.watcher.sightings.add(partition, offset, START_MS + 60_000.0)
    report = stage.demo.run(stage.shown.append).report
    assert report["balanced"] is True
    assert report["published"] == _EVENTS
    assert report["first_row_seconds"] == 7.5
    assert report["events_per_second"] == pytest.approx(_EVENTS / 2.0, abs=0.1)
    assert 0 < report["latency_ms"]["p50"] <= report["latency_ms"]["max"] <= 60_000
    assert report["by_gateway"] == {"accepted": 30, "requests": 7}
    assert report["machine"]["cores"] >= 1


def test_a_row_nobody_saw_has_no_time() -> None:
    stage = _Stage()
    assert stage.demo.run(stage.shown.append).report["first_row_seconds"] is None
    assert np.isinf(Sightings().first_ms())
