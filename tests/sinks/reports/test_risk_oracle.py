"""The rules the views are compared with are themselves right: what they promise holds for all numbers."""

import hypothesis.strategies as st
from hypothesis import assume, given

from tests.sinks.reports.risk_oracle import LEAST_SHOWN, LEAST_TOGETHER, hidden_of, possible, rolled_up

_COUNTS = st.lists(st.integers(0, 24), min_size=2, max_size=6)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40), st.data())
def test_a_part_that_gets_worse_never_makes_its_area_better(levels: list[int], data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(levels) - 1))
    worse = [*levels[:which], data.draw(st.integers(levels[which], 4)), *levels[which + 1 :]]
    assert rolled_up(worse) >= rolled_up(levels)


@given(_COUNTS)
def test_who_knows_the_rule_and_all_that_is_shown_can_t_tell_counts_below_ten_apart(counts: list[int]) -> None:
    parts = dict(enumerate(counts))
    assume(sum(counts) >= LEAST_SHOWN)  # else the area is hidden itself
    assume(len(hidden_of(parts)) <= 3)
    for part, choices in possible(parts).items():
        assert counts[part] in choices
        assert choices >= set(range(LEAST_SHOWN)) or counts[part] >= LEAST_SHOWN


@given(_COUNTS)
def test_nothing_is_hidden_without_need(counts: list[int]) -> None:
    few = {part for part, count in enumerate(counts) if count < LEAST_SHOWN}
    for_others = sorted(hidden_of(dict(enumerate(counts))) - few)
    assert few <= hidden_of(dict(enumerate(counts)))
    assert len(for_others) <= (2 if few else 0)
    if len(for_others) == 2:
        assert sum(counts[part] for part in few) + counts[for_others[1]] < LEAST_TOGETHER
