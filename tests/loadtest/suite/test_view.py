"""A person at a terminal sees rates, lag and latency as they are now."""

import numpy as np

from loadtest.draw import Floats
from loadtest.offsets import Offsets
from loadtest.suite.samples import Sample
from loadtest.suite.view import figures, recent_ms
from loadtest.visibility import Sightings


class _Sending:
    def __init__(self) -> None:
        self.acked = 0
        self.intended_ms: dict[int, Floats] = {0: np.array([1_000.0, 2_000.0, 3_000.0])}

    @property
    def first_offsets(self) -> Offsets:
        return {0: 50}


def _sample(seconds: float, published: int, landed: int) -> Sample:
    return Sample(seconds=seconds, published=published, landed=landed, active_parts=0)


def test_figures_are_those_of_the_last_second() -> None:
    samples = [_sample(0, 0, 0), _sample(1, 5_000, 1_000), _sample(3, 25_000, 21_000)]
    assert figures(samples, np.array([100.0, 300.0])) == "in 10,000/s  out 10,000/s  lag 4,000  p99 298 ms"
    assert figures(samples[:1], np.empty(0)) == ""


def test_latency_is_that_of_what_became_visible_lately() -> None:
    sightings = Sightings()
    sightings.add(0, 50, 1_500.0)
    sightings.add(0, 52, 9_000.0)
    assert recent_ms(sightings, _Sending(), now_ms=10_000.0).tolist() == [6_000.0]
    assert recent_ms(Sightings(), _Sending(), now_ms=10_000.0).tolist() == []
