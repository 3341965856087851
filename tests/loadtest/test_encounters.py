"""People, places, devices and clocks fit each other."""

from dataclasses import replace

import numpy as np
import pytest

from loadtest.encounters import make_encounters, subject_words
from loadtest.fleet import device_at
from loadtest.scenario import Scenario
from loadtest.timeline import Defect, make_timeline
from schemas.admin_units import communes
from schemas.enums import Category
from tests.loadtest.scenarios import START_MS, fleet, rough_scenario

_SCENARIO = Scenario(events=50_000, span_seconds=60, start_ms=START_MS, unknown_places=0.02)
_TIMELINE = make_timeline(_SCENARIO)
_FOUND = make_encounters(_SCENARIO, fleet(), _TIMELINE)
_KNOWN_PLACE = fleet().places >= _FOUND.place


def test_a_part_has_what_the_whole_has_there() -> None:
    part = make_encounters(_SCENARIO, fleet(), _TIMELINE[100:200])
    for name in ("person", "place", "gate", "device", "clock_ms", "by_gateway"):
        assert np.array_equal(getattr(part, name), getattr(_FOUND, name)[100:200])


def test_nearly_every_device_is_one_at_the_gate_of_the_place() -> None:
    at_gate = _FOUND.device == device_at(_FOUND.place, np.maximum(_FOUND.gate - 1, 0))
    assert 0.995 < at_gate[_KNOWN_PLACE].mean() < 1.0
    assert set(_FOUND.device[_KNOWN_PLACE & at_gate].tolist()) <= set(fleet().device_ids().tolist())


def test_a_gate_has_a_number_only_where_there_are_several() -> None:
    gates = fleet().gates[_FOUND.place[_KNOWN_PLACE] - 1]
    labels = _FOUND.gate[_KNOWN_PLACE]
    assert np.array_equal(labels == 0, gates == 1)
    assert np.all(labels <= gates)


def test_the_asked_share_of_places_is_unknown() -> None:
    assert abs(1 - _KNOWN_PLACE.mean() - 0.02) < 0.005


def test_who_scans_does_so_1_29_times_and_22_percent_of_visits_are_by_somebody_who_came_before() -> None:
    _, first = np.unique(_TIMELINE.visit, return_index=True)
    people = np.unique(_FOUND.person[first])
    assert abs(len(first) / len(people) - 1.29) < 0.01
    assert abs(1 - len(people) / len(first) - 0.22) < 0.01


def test_nearly_everybody_is_scanned_in_one_province_only() -> None:
    province = {commune.code: commune.province_code for commune in communes()}
    where: dict[int, set[int]] = {}
    for person, place in zip(_FOUND.person[_KNOWN_PLACE].tolist(), _FOUND.place[_KNOWN_PLACE].tolist(), strict=True):
        where.setdefault(person, set()).add(province[int(fleet().commune[place - 1])])
    travelled = sum(len(provinces) > 1 for provinces in where.values())
    assert 0 < travelled < 0.003 * len(where)


@pytest.mark.parametrize("wanted", [1.05, 3.0, 8.0])
def test_another_number_of_scans_a_person_is_met_too(wanted: float) -> None:
    scenario = replace(_SCENARIO, scans_per_person=wanted)
    _, first = np.unique(_TIMELINE.visit, return_index=True)
    people = np.unique(make_encounters(scenario, fleet(), _TIMELINE).person[first])
    assert len(first) / len(people) == pytest.approx(wanted, rel=0.02)


def test_a_tenth_of_the_places_is_active_and_few_have_most_of_the_scans() -> None:
    popularity = fleet().popularity["venue"]
    others = [int(Category.CHECKPOINT), int(Category.PUBLIC_TRANSPORT_VEHICLE)]
    venues = np.count_nonzero(~np.isin(fleet().category, others))
    assert len(popularity.place_ids) / venues == pytest.approx(0.112, abs=0.001)
    share = np.diff(popularity.cumulative, prepend=0.0)
    assert share[0] / share[9] == pytest.approx(10**0.9)  # Zipf
    visited, counts = np.unique(_FOUND.place[_KNOWN_PLACE], return_counts=True)
    assert set(visited.tolist()) <= set(popularity.place_ids.tolist())
    assert counts.max() / counts.sum() == pytest.approx(share[0], rel=0.1)


def test_clocks_are_far_off_only_behind_a_gateway_that_corrects_them() -> None:
    sound = _TIMELINE.defect != Defect.WILD_CLOCK
    alone = sound & ~_FOUND.by_gateway
    assert np.all((_FOUND.clock_ms[alone] >= -20_000) & (_FOUND.clock_ms[alone] <= 150_000))
    assert np.abs(_FOUND.clock_ms[sound & _FOUND.by_gateway]).max() > 3_600_000
    assert 0.9 < np.mean(_FOUND.clock_ms == 0) < 0.99


def test_a_wild_clock_is_off_by_more_than_a_day_and_behind_a_gateway() -> None:
    scenario = rough_scenario()
    timeline = make_timeline(scenario)
    found = make_encounters(scenario, fleet(), timeline)
    wild = timeline.defect == Defect.WILD_CLOCK
    assert wild.any()
    assert np.all(np.abs(found.clock_ms[wild]) > 86_400_000)
    assert np.all(found.by_gateway[wild])


def test_a_person_is_never_nobody_and_nobody_else() -> None:
    subjects = subject_words(seed=3, person=np.arange(20_000))
    assert np.all(subjects[:, 0] != 0)
    assert len(np.unique(subjects, axis=0)) == 20_000
