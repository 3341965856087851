"""The simulation is fitted to drains, and says how far it is from each."""

from dataclasses import replace

import pytest

from loadtest.planning.scaling import Fit, grown, scale, service_of, simulated_drain
from loadtest.planning.simulate import Place
from tests.loadtest.planning.measurements import COSTS, drain, simulated


def test_the_wait_that_drains_had_is_found() -> None:
    fit = Fit([simulated(partitions, wait_us=4.0) for partitions in (1, 2)], COSTS)
    assert fit.wait_us == pytest.approx(4.0, abs=0.2)


def test_a_drain_that_differs_is_an_error_seen_best_where_it_was_not_fitted() -> None:
    first, second = simulated(1, wait_us=4.0), simulated(2, wait_us=4.0)
    slower = replace(second, events_per_second=second.events_per_second / 1.5)
    checks = Fit([first, slower], COSTS).checks()
    assert checks[0].error < 0 < checks[1].error < checks[1].blind_error
    assert checks[1].blind_error == pytest.approx(0.5, abs=0.05)


def test_fewer_cores_left_by_others_make_a_simulated_drain_slower() -> None:
    left = [simulated_drain(drain(2, cores=cores), COSTS, wait_us=0).events_per_second for cores in (2.0, 1.0)]
    assert left[0] == pytest.approx(2 * left[1], rel=0.1)


def test_machines_are_added_with_partitions_and_say_what_there_was_no_more_of() -> None:
    machine = Place(cores=2, workers=1, message_events=50_000)
    places = grown(machine, partitions=(1, 4, 8, 64), partitions_per_worker=4)
    assert [(place.workers, place.cores) for place in places.values()] == [(1, 2), (1, 2), (2, 4), (16, 32)]
    service = service_of(COSTS, events_per_message=50_000, wait_us=0)
    one, four, eight, many = scale(service, places, events_each=400_000)
    assert eight.events_per_second == pytest.approx(2 * four.events_per_second, rel=0.05)
    assert many.events_per_second == pytest.approx(16 * four.events_per_second, rel=0.05)
    assert (four.limit, one.partitions) == ("cores", 1)


def test_without_a_lack_of_cores_the_worker_or_the_partition_is_the_limit() -> None:
    wide = Place(cores=100, workers=1, message_events=50_000)
    service = service_of(COSTS, events_per_message=50_000, wait_us=20)
    one, many = scale(service, {1: wide, 64: wide}, events_each=400_000)
    assert (one.limit, many.limit) == ("one message a partition at a time", "worker processes")
