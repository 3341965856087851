"""A chaos test does the rounds it says, ends its load, and calls a round wrong when a row is or when a process dies."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from loadtest.chaos import Campaign, Injury, Load, Published, World, do_rounds
from loadtest.check import FeedResult
from loadtest.drain import NotDrained
from loadtest.expected import Tally
from loadtest.fault import Fault
from loadtest.ledger import Balance
from loadtest.rounds import Round, summary
from loadtest.run import Run
from loadtest.system import DidNotStart, System
from loadtest.verify import Comparison
from schemas.kinds import CHECKPOINT, VENUE, Feed
from tests.loadtest.fake_system import FakeSystem
from tests.loadtest.scenarios import rough_workload

_TALLY = Tally(published=10, landed=10, accepted=10)


class _Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class _Load:
    """Publishes nothing and notes what is done to it."""

    def __init__(self, diary: list[str], feeds: Sequence[Feed]) -> None:
        self.runs = [Run(rough_workload(feed, events=50), {}) for feed in feeds]
        self._diary = diary

    def start(self) -> None:
        self._diary.append("load starts")

    def stop(self) -> None:
        self._diary.append("load stops")

    def join(self) -> None:
        self._diary.append("all acknowledged")


class _Scene:
    """Everything a round touches: what is done is in `diary`; `deaths` tells what dies at which entry of it."""

    def __init__(
        self,
        *,
        wrong: Sequence[Feed] = (),
        deaths: dict[str, str] | None = None,
        lag: Callable[[], int | None] | None = None,
        gone: str = "",
        stuck: bool = False,
    ) -> None:
        self.diary: list[str] = []
        self.seeds: list[int] = []
        self.fault_seconds: list[float] = []
        self.clock = _Clock()
        self.system = FakeSystem(revive=self._revive)
        self._wrong, self._deaths, self._gone, self._stuck = wrong, deaths or {}, gone, stuck
        self.world = World(
            new_load=self._new_load,
            drain=self._drain,
            check=self._check,
            lag=lag,
            usual_lag=100,
            faults={name: self._fault(name) for name in ("first", "second", "third")},
            now=self.clock.now,
            sleep=self.clock.sleep,
        )

    def rounds(self, count: int, *, seed: int = 1, **more: Any) -> list[Round]:
        return do_rounds(self.system, self.world, Campaign(rounds=count, seed=seed, say=self._say, **more))

    def said(self) -> list[str]:
        return [line.removeprefix("say: ") for line in self.diary if line.startswith("say: ")]

    def _say(self, line: str) -> None:
        self.diary.append(f"say: {line}")

    def _new_load(self, seed: int, _injury: Injury) -> Load:
        self.seeds.append(seed)
        return _Load(self.diary, [VENUE, CHECKPOINT])

    def _fault(self, name: str) -> Fault:
        def act(system: System, _chance: random.Random, seconds: float) -> None:
            assert system is self.system
            self.diary.append(name)
            self.fault_seconds.append(seconds)
            self.clock.sleep(seconds)
            if name == self._gone:
                raise DidNotStart("worker ended with code 1 before it was ready")

        return Fault(act=act, seconds=(3.0, 5.0))

    def _drain(self, run: Published, _injury: Injury, each_time: Callable[[], None]) -> None:
        self.diary.append(f"drain {run.feed.name}")
        each_time()
        self.clock.sleep(2.0)
        if self._stuck:
            raise NotDrained("after 180 s the ledger covers 3 of 20 events")

    def _check(self, run: Published, _injury: Injury) -> FeedResult:
        self.diary.append(f"check {run.feed.name}")
        lost = Comparison(found=_TALLY, lost=1, examples=["lost row: partition 0, offset 3"])
        comparison = lost if run.feed in self._wrong else Comparison(found=_TALLY)
        return FeedResult(run.feed, _TALLY, comparison, Balance(tally=_TALLY))

    def _revive(self) -> list[str]:
        death = self._deaths.pop(self.diary[-1], None)
        return [death] if death else []


def test_a_round_hurts_under_load_then_drains_and_checks_every_feed() -> None:
    scene = _Scene()
    (result,) = scene.rounds(1)
    assert scene.diary[:-1] == [
        "load starts",
        "first",
        "load stops",
        "all acknowledged",
        "drain venue",
        "drain checkpoint",
        "check venue",
        "check checkpoint",
    ]
    assert result.correct
    assert result.differences() == []
    seconds = f"{scene.fault_seconds[0]:.1f}"
    assert scene.said() == [
        f"round 1/1: first for {seconds} s, 20 events, not recovered under load, drained in 4.0 s, correct"
    ]


def test_the_load_is_on_before_the_fault_and_goes_on_after_it() -> None:
    (result,) = _Scene().rounds(1)
    assert result.drain_seconds == 4.0
    assert 1.5 <= result.seconds - result.fault_seconds - result.drain_seconds <= 5.0


def test_faults_last_as_long_as_they_do_or_as_long_as_is_said() -> None:
    own, said = _Scene(), _Scene()
    own.rounds(5)
    assert all(3.0 <= seconds <= 5.0 for seconds in own.fault_seconds)
    assert len(set(own.fault_seconds)) == 5
    results = said.rounds(2, fault_seconds=600.0)
    assert said.fault_seconds == [600.0, 600.0]
    assert [result.fault_seconds for result in results] == pytest.approx([600.0, 600.0])


def test_the_load_goes_on_until_the_lag_is_what_it_was_and_that_is_the_time_to_recover() -> None:
    looks: list[float] = []

    def lag() -> int | None:
        if "first" not in scene.diary:
            return 80
        looks.append(scene.clock.seconds)
        return None if scene.clock.seconds < looks[0] + 5 else 5_000 if scene.clock.seconds < looks[0] + 9 else 120

    scene = _Scene(lag=lag)
    (result,) = scene.rounds(1)
    assert result.recovery_seconds == pytest.approx(9.0, abs=0.3)
    assert "recovered in 9." in scene.said()[0]
    assert summary([result])["faults"][0]["recovery_seconds"] == pytest.approx(9.0, abs=0.3)


def test_a_lag_that_stays_is_told_and_the_round_goes_on() -> None:
    scene = _Scene(lag=lambda: 5_000 if "first" in scene.diary else 80)
    (result,) = scene.rounds(1)
    assert result.recovery_seconds is None
    assert result.correct
    assert 60 < result.seconds < 100


def test_a_short_calm_is_no_recovery() -> None:
    after = iter([80, 80, 80, 5_000, 5_000, 80])
    scene = _Scene(lag=lambda: next(after, 80) if "first" in scene.diary else 80)
    (result,) = scene.rounds(1)
    assert result.recovery_seconds == pytest.approx(1.25)


def test_what_is_found_is_told_after_every_round() -> None:
    told: list[int] = []
    _Scene().rounds(3, told=lambda results: told.append(len(results)))
    assert told == [1, 2, 3]


def test_faults_come_in_order_then_at_random_and_the_seed_decides_all() -> None:
    one, same, other = _Scene(), _Scene(), _Scene()
    names = [result.fault for result in one.rounds(12, seed=5)]
    assert names[:3] == ["first", "second", "third"]
    assert set(names) <= {"first", "second", "third"}
    assert [result.fault for result in same.rounds(12, seed=5)] == names
    assert (same.seeds, same.clock.seconds) == (one.seeds, one.clock.seconds)
    other.rounds(12, seed=6)
    assert other.seeds != one.seeds
    assert len(set(one.seeds)) == 12


def test_only_the_named_faults_are_done() -> None:
    assert {result.fault for result in _Scene().rounds(6, only=["third"])} == {"third"}


def test_a_lost_row_makes_the_round_wrong_and_names_feed_and_row() -> None:
    scene = _Scene(wrong=[CHECKPOINT])
    results = scene.rounds(1)
    assert not results[0].correct
    assert results[0].differences() == ["round 1 (first), checkpoint: lost row: partition 0, offset 3"]
    assert scene.said()[1:] == results[0].differences()  # at once, not when all rounds are done
    outcome = summary(results)
    assert (outcome["correct_rounds"], outcome["lost"], outcome["balanced"]) == (0, 1, False)
    assert {name: outcome["faults"][0][name] for name in ("lost", "doubled", "wrong")} == {
        "lost": 1,
        "doubled": 0,
        "wrong": 0,
    }


def test_a_process_that_does_not_start_again_makes_the_round_wrong() -> None:
    scene = _Scene(gone="second")
    results = scene.rounds(3)
    assert [result.correct for result in results] == [True, False, True]
    sentence = "round 2 (second), a process ended by itself: worker ended with code 1 before it was ready"
    assert results[1].differences() == [sentence]


def test_what_is_not_drained_in_time_makes_the_round_wrong_and_ends_the_campaign() -> None:
    scene = _Scene(stuck=True)
    (result,) = scene.rounds(3)
    assert not result.correct
    assert result.differences() == ["round 1 (first), after 180 s the ledger covers 3 of 20 events"]
    assert not [entry for entry in scene.diary if entry.startswith("check")]
    assert summary([result])["correct_rounds"] == 0


@pytest.mark.parametrize("when", ["load starts", "first", "drain venue", "drain checkpoint"])
def test_a_process_that_ends_by_itself_makes_the_round_wrong_though_every_row_is_right(when: str) -> None:
    ending = "worker ended with code 1; its log ends:\n    MemoryError"
    scene = _Scene(deaths={when: ending})
    results = scene.rounds(2)
    assert [result.correct for result in results] == [False, True]
    assert results[0].ended == [ending]
    outcome = summary(results)
    assert (outcome["rounds"], outcome["correct_rounds"], outcome["balanced"]) == (2, 1, True)
    assert outcome["differences"] == [f"round 1 (first), a process ended by itself: {ending}"]
    assert f"round 1 (first), a process ended by itself: {ending}" in scene.said()
