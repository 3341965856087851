"""A scenario file says what it may, or is refused in one sentence."""

from pathlib import Path

import pytest

from loadtest.faults import FAULTS
from loadtest.profile import Profile
from loadtest.suite.plans import load_plan, scenario_of, shortened
from loadtest.suite.scenario_files import WrongScenario, load, names, parse
from loadtest.suite.suite import require_faults

_LEAST = 'title = "T"\nabout = "A"\nprofile = [[0, 100], [10, 100]]\n'


@pytest.mark.parametrize("name", names())
def test_every_scenario_of_the_package_is_valid_and_says_what_it_is_about(name: str) -> None:
    _, _, spec = load(name)
    assert spec.title
    assert spec.about.endswith(".")
    if spec.profile:
        plan = load_plan(spec, name=name, rates=spec.rates, seed=1)
        assert scenario_of(spec, plan, start_ms=0).events == plan.profile.events


def test_the_issues_scenarios_are_all_there() -> None:
    assert set(names()) >= {
        "steady",
        "sustainable",
        "surge_0740",
        "diurnal",
        "offline_flood",
        "hot_place",
        "checkpoint_lanes",
        "poison",
        "days_late",
        "analysts_evening",
        "drain",
        "soak",
        "national",
        "national_surge",
    }


def test_the_national_tier_is_what_the_issue_says() -> None:
    assert load("national")[2].rates.points[0][1] == 5_787
    surge = load("national_surge")[2].rates
    assert (surge.seconds, surge.mean_rate, surge.events) == (600.0, 57_870.0, 34_722_000)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("speed = 3", "Object contains unknown field `speed`"),
        ("[shares]\nretri = 0.1", "`shares.retri` is no share; the shares are retry, "),
        ("[shares]\nretry = 1.5", "Expected `float` <= 1.0"),
        ("seed = 1.5", "Expected `int`, got `float` - at `$.seed`"),
        ("[verdict]\np99 = 3", "Object contains unknown field `p99` - at `$.verdict`"),
        ("[backlog]\nevents = 5", "a scenario of kind 'live' has no `backlog`"),
        ('kind = "search"', "a scenario of kind 'live' has no"),
        ("[[fault]]\nname = 'kill worker'", "Object missing required field `at_seconds` - at `$.fault[0]`"),
        ("title = 3", "Cannot overwrite a value"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(more: str, sentence: str) -> None:
    with pytest.raises(WrongScenario) as refused:
        parse(_LEAST + more, name="mine")
    assert str(refused.value).startswith("scenario mine: ")
    assert sentence in str(refused.value) or "kind" in more
    assert "\n" not in str(refused.value)


def test_a_kind_without_its_table_is_refused() -> None:
    with pytest.raises(WrongScenario, match="a scenario of kind 'live' needs `profile`"):
        parse('title = "T"\nabout = "A"\n', name="mine")


def test_a_profile_backwards_in_time_is_refused() -> None:
    with pytest.raises(WrongScenario, match="from second 0 on, by time"):
        parse('title = "T"\nabout = "A"\nprofile = [[0, 1], [5, 1], [3, 1]]\n', name="mine")


def test_an_unknown_name_says_what_is_near() -> None:
    with pytest.raises(WrongScenario, match="did you mean steady"):
        load("stedy")


def test_a_file_of_ones_own_works_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(_LEAST, "utf-8")
    name, text, spec = load(str(path))
    assert (name, text, spec.rates) == ("mine", _LEAST, Profile(((0.0, 100.0), (10.0, 100.0))))
    with pytest.raises(WrongScenario, match="can't be read"):
        load(str(tmp_path / "other.toml"))


def test_a_shortened_scenario_keeps_its_rates_and_its_order() -> None:
    text = _LEAST + "warm_up_seconds = 8\n[[fault]]\nat_seconds = 6\nname = 'kill worker'\nseconds = 2\n"
    spec = shortened(parse(text, name="mine"), 0.5)
    assert spec.rates == Profile(((0.0, 100.0), (5.0, 100.0)))
    assert (spec.warm_up_seconds, spec.fault[0].at_seconds, spec.fault[0].seconds) == (4.0, 3.0, 1.0)


def test_every_fault_the_issue_names_is_in_a_scenario_that_demands_recovery() -> None:
    faults = {fault.name: spec for name in names() for spec in [load(name)[2]] for fault in spec.fault}
    assert set(faults) >= {
        "kill worker",
        "kill sink",
        "kill clickhouse",
        "kill broker",
        "pause worker",
        "pause sink",
        "pause clickhouse",
        "pause broker",
        "slow clickhouse disk",
        "full clickhouse disk",
        "clickhouse down",
        "restart broker",
        "cut worker-broker",
        "cut sink-broker",
        "cut producer-broker",
        "cut sink-clickhouse",
        "clock jump",
        "rebalance storm",
        "poison flood",
    }
    require_faults({spec.title: spec for spec in faults.values()}, FAULTS)
    assert all(spec.verdict.recovery_seconds for spec in faults.values())


def test_clickhouse_is_away_for_ten_minutes_and_the_load_goes_on() -> None:
    spec = load("fault_clickhouse_down")[2]
    (fault,) = spec.fault
    assert fault.seconds == 600
    assert spec.rates.seconds >= fault.at_seconds + fault.seconds + 60
