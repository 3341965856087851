import numpy as np

from loadtest.draw import Field, below, pick, uniform, words

_INDEX = np.arange(100_000)


def test_a_number_depends_on_seed_field_and_index_only() -> None:
    assert words(1, Field.PLACE, _INDEX[5:9]).tolist() == words(1, Field.PLACE, _INDEX)[5:9].tolist()


def test_other_seeds_and_fields_give_other_numbers() -> None:
    base = words(1, Field.PLACE, _INDEX)
    for other in (words(2, Field.PLACE, _INDEX), words(1, Field.GATE, _INDEX)):
        assert len(np.intersect1d(base, other)) == 0


def test_uniform_numbers_are_spread_evenly() -> None:
    counts, _ = np.histogram(uniform(3, Field.DIRECTION, _INDEX), bins=10, range=(0, 1))
    assert counts.min() > 9_600
    assert counts.max() < 10_400


def test_below_reaches_every_number_under_the_limit_and_no_other() -> None:
    assert np.unique(below(3, Field.PERSON, _INDEX, limit=7)).tolist() == [0, 1, 2, 3, 4, 5, 6]


def test_pick_follows_the_weights() -> None:
    picked = pick(3, Field.TOKEN, _INDEX, weights={4: 3.0, 9: 1.0})
    assert set(picked.tolist()) == {4, 9}
    assert abs(np.count_nonzero(picked == 4) / len(picked) - 0.75) < 0.01
