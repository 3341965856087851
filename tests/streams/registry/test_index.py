import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.registry.index import UNKNOWN, IdIndex

_IDS = st.lists(st.integers(-(1 << 62), 1 << 62), unique=True, max_size=60)


@given(_IDS, st.lists(st.integers(-(1 << 62), 1 << 62), max_size=20))
def test_every_identity_has_its_row_and_others_have_none(known: list[int], others: list[int]) -> None:
    index = IdIndex.build(np.array(known, np.int64))
    wanted = np.array([*known, *others], np.int64)
    expected = [known.index(identity) if identity in known else UNKNOWN for identity in wanted.tolist()]
    assert index.rows(wanted).tolist() == expected


def test_an_empty_index_knows_nothing() -> None:
    assert IdIndex.build(np.empty(0, np.int64)).rows(np.array([0, 1, -1])).tolist() == [UNKNOWN] * 3


def test_identity_zero_is_an_identity() -> None:
    assert IdIndex.build(np.array([5, 0])).rows(np.array([0, 5])).tolist() == [1, 0]


def test_a_dense_registry_is_found_whole() -> None:
    known = np.arange(50_000, dtype=np.int64)
    assert (IdIndex.build(known).rows(known) == known).all()
