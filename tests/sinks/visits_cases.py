"""Cases of a few scans each around a day, any of which may come."""

import random
from datetime import timedelta

from hypothesis import strategies as st

from schemas.enums import Category, Direction
from tests.sinks.visits_days import IN, MIDNIGHT, OUT, PASS
from tests.sinks.visits_oracle import Scan

_CATEGORIES = (Category.CAFE, Category.HOTEL, Category.FACTORY, Category.CHECKPOINT, Category.UNKNOWN)
_BUS = 5
_DIRECTIONS = [IN, IN, OUT, OUT, PASS]
#: Half hours of a few days around the span and the milliseconds beside them; hours of the weeks before and after.
_NEAR = st.builds(lambda half, ms: half * 1_800_000 + ms, st.integers(-72, 120), st.sampled_from([-1, 0, 0, 0, 1]))
_FAR = st.integers(-28 * 24, 30 * 24).map(lambda hours: hours * 3_600_000)
CASE = st.lists(
    st.tuples(
        st.integers(0, 1), st.integers(0, _BUS), st.one_of(_NEAR, _FAR), st.sampled_from(_DIRECTIONS), st.integers(0, 1)
    ),
    min_size=1,
    max_size=12,
)
Case = list[tuple[int, int, int, Direction, int]]


def random_case(seeded: random.Random) -> Case:
    """Return a case of one or two people at a few places."""

    def step_ms() -> int:
        if seeded.random() < 0.2:
            return seeded.randint(-28 * 24, 30 * 24) * 3_600_000
        return seeded.randint(-72, 120) * 1_800_000 + seeded.choice([-1, 0, 0, 0, 1])

    people, places = seeded.choice([1, 1, 2]), seeded.sample(range(_BUS + 1), seeded.randint(1, 3))
    return [
        (seeded.randrange(people), seeded.choice(places), step_ms(), seeded.choice(_DIRECTIONS), seeded.randint(0, 1))
        for _ in range(seeded.randint(2, 8))
    ]


def scans_of(case: Case, index: int) -> list[Scan]:
    """Return a case's scans; cases share neither people nor places."""
    return [
        Scan(
            number=1_000 * index + number,
            person=10 * index + person,
            place=10 * index + place,
            at=MIDNIGHT + timedelta(milliseconds=step),
            direction=direction,
            category=_CATEGORIES[place % len(_CATEGORIES)],
            feed="vehicle" if place == _BUS else "venue",
            trip=trip if place == _BUS else 0,
        )
        for number, (person, place, step, direction, trip) in enumerate(case)
    ]
