"""Who is scanned by which device at which place, and how wrong that device's clock is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loadtest.draw import Field, Ints, Words, below, uniform, words
from loadtest.fleet import Fleet, device_at
from loadtest.homes import at_home
from loadtest.scenario import Scenario
from loadtest.timeline import Defect, Timeline

_FIRST_UNKNOWN_PLACE, _FIRST_UNKNOWN_DEVICE = 1_900_000_000, 2_000_000_000
_UNKNOWN_DEVICES = 0.001
#: Share of devices whose scans go through a gateway, and of those with a wrong clock.
_GATEWAY_DEVICES, _WRONG_CLOCKS = 0.3, 0.03
#: Wrong clocks behind a gateway are off by up to two hours either way and get corrected; others are off by little,
#: because their events must stay far from the borders of the rules.
_CORRECTED_CLOCK_MS = 7_200_000
_UNCORRECTED_CLOCK_MS = (-20_000, 150_000)
_A_HEAD = np.geomspace(1e-3, 1e3, 4_001)
_OF_WHO_SCANS = _A_HEAD / -np.expm1(-_A_HEAD)
_WILD_CLOCK_MS = (26 * 3_600_000, 10 * 86_400_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounters:
    """One row an event. `gate` counts from 1 (0: the place has only one); `clock_ms` is how far a clock is ahead."""

    person: Ints
    place: Ints
    gate: Ints
    device: Ints
    clock_ms: Ints
    by_gateway: npt.NDArray[np.bool_]


def subject_words(*, seed: int, person: Ints) -> Words:
    """Return the pseudonyms of simulated persons, shape (n, 2); never zero."""
    left, right = words(seed, Field.SUBJECT_LEFT, person), words(seed, Field.SUBJECT_RIGHT, person)
    return np.stack([left | np.uint64(1), right], axis=1)


def make_encounters(scenario: Scenario, fleet: Fleet, part: Timeline) -> Encounters:
    """Return who, where and by what of the events in `part`, one row each, in order."""
    place = _places(scenario, fleet, part)
    gate, device = _devices(scenario, fleet, part, place)
    clock_ms, by_gateway = _clocks(scenario.seed, part, device)
    return Encounters(
        person=_persons(scenario, fleet, part, place),
        place=place,
        gate=gate,
        device=device,
        clock_ms=clock_ms,
        by_gateway=by_gateway,
    )


def population(scenario: Scenario) -> int:
    """Return among how many people visits are drawn so that those who scan at all make `scans_per_person` on average.

    Of people who make λ visits a head at random, e^-λ make none: the others make λ / (1 - e^-λ).
    """
    a_head = float(np.interp(scenario.scans_per_person, _OF_WHO_SCANS, _A_HEAD))
    return max(1, round(scenario.visits / a_head))


def _persons(scenario: Scenario, fleet: Fleet, part: Timeline, place: Ints) -> Ints:
    seed, people = scenario.seed, population(scenario)
    anybody = below(seed, Field.PERSON, part.visit, limit=people)
    return at_home(anybody, seed=seed, visit=part.visit, place=place, fleet=fleet, people=people)


def _places(scenario: Scenario, fleet: Fleet, part: Timeline) -> Ints:
    popularity = fleet.popularity[scenario.feed.name]
    known = popularity.choose(uniform(scenario.seed, Field.PLACE, part.visit))
    if scenario.hot_place:
        hot = uniform(scenario.seed, Field.HOT_PLACE, part.visit) < scenario.hot_place
        known = np.where(hot, popularity.place_ids[0], known)
    unknown = uniform(scenario.seed, Field.PLACE_KNOWN, part.visit) < scenario.unknown_places
    return np.where(unknown, _FIRST_UNKNOWN_PLACE + part.visit % 1_000, known)


def _devices(scenario: Scenario, fleet: Fleet, part: Timeline, place: Ints) -> tuple[Ints, Ints]:
    known = place < _FIRST_UNKNOWN_PLACE
    gates = np.where(known, fleet.gates[np.where(known, place, 1) - 1], 1)
    gate = (uniform(scenario.seed, Field.GATE, part.scan) * gates).astype(np.int64)
    unknown = ~known | (uniform(scenario.seed, Field.DEVICE_KNOWN, part.scan) < _UNKNOWN_DEVICES)
    device = np.where(unknown, _FIRST_UNKNOWN_DEVICE + part.scan % 1_000, device_at(place, gate))
    return np.where(gates > 1, gate + 1, 0), device


def _clocks(seed: int, part: Timeline, device: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    by_gateway = uniform(seed, Field.DEVICE_ROUTE, device) < _GATEWAY_DEVICES
    off = uniform(seed, Field.DEVICE_CLOCK_OFF, device)
    low, high = _UNCORRECTED_CLOCK_MS
    clock_ms = np.where(by_gateway, (2 * off - 1) * _CORRECTED_CLOCK_MS, low + off * (high - low)).astype(np.int64)
    wrong = uniform(seed, Field.DEVICE_CLOCK, device) < _WRONG_CLOCKS
    wild = part.defect == Defect.WILD_CLOCK
    return np.where(wild, _wild_clock_ms(seed, part.scan), np.where(wrong, clock_ms, 0)), by_gateway | wild


def _wild_clock_ms(seed: int, scan: Ints) -> Ints:
    low, high = _WILD_CLOCK_MS
    ahead_ms = (low + uniform(seed, Field.SKEW, scan) * (high - low)).astype(np.int64)
    return np.where(scan % 2 == 0, ahead_ms, -ahead_ms)
