"""Which decision holds where and when."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.kinds import DECISION
from schemas.report_enums import AreaLevel, DecisionAbout, Regime
from schemas.wire import encode
from streams.registry.decisions import FOREVER_MS, Decision, Step, Told, read_decisions, steps_of
from streams.registry.snapshot import Areas
from streams.window.rules import DAY_MS, VERY_LATE_MS
from tests.streams.registry.records import area, decision

NOW_MS = 1_637_546_400_000
_COMMUNE = 14_755


def _told(record: dict[str, Any], *, offset: int = 0, logged_ms: int = NOW_MS) -> Told:
    return Told(record["subject"], encode(DECISION, record), logged_ms, 0, offset)


def _risk(number: int, level: int, **fields: object) -> dict[str, Any]:
    return decision(number, area_code=_COMMUNE, at_ms=NOW_MS, risk_level=level, **fields)


def _standing_at(at_ms: int, decisions: Sequence[Decision]) -> tuple[int, int]:
    """Return risk level and regime by the rule spelled out: newest valid_from, then smaller area, then later told."""
    level, regime = 0, 0
    for about in DecisionAbout:
        best = None
        for one in decisions:
            if one.about is not about or not one.valid_from_ms <= at_ms < one.valid_until_ms:
                continue
            order = (one.valid_from_ms, [3, 2, 1, 0][one.level], one.offset)
            if best is None or order > best[0]:
                best = (order, one.value)
        if best is not None and about is DecisionAbout.RISK:
            level = best[1]
        elif best is not None:
            regime = best[1]
    return level, regime


def _steps(decisions: Iterable[Decision]) -> tuple[Step, ...]:
    return steps_of(sorted(decisions, key=lambda one: one.rank))


def _at(at_ms: int, steps: Sequence[Step]) -> tuple[int, int]:
    return next(((step.risk_level, step.regime) for step in reversed(steps) if step.since_ms <= at_ms), (0, 0))


_DECISIONS = st.lists(
    st.builds(
        lambda about, level, value, since, lasts: (about, level, value, since, lasts),
        st.sampled_from(DecisionAbout),
        st.sampled_from([AreaLevel.COMMUNE, AreaLevel.DISTRICT, AreaLevel.PROVINCE]),
        st.integers(0, 3),
        st.integers(0, 8),
        st.one_of(st.none(), st.integers(1, 6)),
    ),
    max_size=8,
)


@given(_DECISIONS)
def test_steps_are_the_rule_spelled_out(
    told: list[tuple[DecisionAbout, AreaLevel, int, int, int | None]],
) -> None:
    decisions = [
        Decision(
            about=about,
            level=level,
            area_code=1,
            value=value,
            valid_from_ms=since,
            valid_until_ms=FOREVER_MS if lasts is None else since + lasts,
            offset=offset,
        )
        for offset, (about, level, value, since, lasts) in enumerate(told)
    ]
    steps = _steps(decisions)
    assert [_at(at_ms, steps) for at_ms in range(-1, 18)] == [_standing_at(at_ms, decisions) for at_ms in range(-1, 18)]
    assert [step.since_ms for step in steps] == sorted({step.since_ms for step in steps})


@given(_DECISIONS, st.randoms(use_true_random=False))
def test_the_order_in_which_decisions_are_read_does_not_matter(
    told: list[tuple[DecisionAbout, AreaLevel, int, int, int | None]], shuffled: Any
) -> None:
    decisions = [
        Decision(about=about, level=level, area_code=1, value=value, valid_from_ms=since, offset=offset)
        for offset, (about, level, value, since, _) in enumerate(told)
    ]
    steps = _steps(decisions)
    shuffled.shuffle(decisions)
    assert _steps(decisions) == steps


def test_a_decision_ends_and_what_held_before_holds_again() -> None:
    found = read_decisions(
        [
            _told(_risk(1, 2, valid_from=NOW_MS)),
            _told(_risk(2, 4, valid_from=NOW_MS + 10, valid_until=NOW_MS + 20), offset=1),
        ]
    )
    assert _steps(found.values()) == ((NOW_MS, 2, 0), (NOW_MS + 10, 4, 0), (NOW_MS + 20, 2, 0))


def test_a_decision_told_again_counts_once_and_the_first_time() -> None:
    found = read_decisions([_told(_risk(1, 2), offset=5), _told(_risk(1, 2), offset=9)])
    assert [one.offset for one in found.values()] == [5]


@pytest.mark.parametrize(
    "told",
    [
        Told(b"", b"", NOW_MS, 0, 0),
        Told(b"another key here", encode(DECISION, _risk(1, 2)), NOW_MS, 0, 0),
        _told(_risk(1, 0)),
        _told(_risk(0, 2)),
        _told(_risk(1, 2, decision_ref="")),
        _told(_risk(1, 2, valid_until=NOW_MS)),
        _told(_risk(1, 2), logged_ms=NOW_MS - DAY_MS),
        _told(_risk(1, 2), logged_ms=NOW_MS + VERY_LATE_MS + 1),
    ],
    ids=["empty", "key", "no level", "no id", "no reference", "no time", "future", "too old"],
)
def test_what_the_worker_rejects_decides_nothing(told: Told) -> None:
    assert read_decisions([told]) == {}


def test_a_level_applies_to_its_communes_only() -> None:
    def regime(number: int, level: str, code: int, name: str) -> Told:
        record = decision(
            number, area_code=code, at_ms=NOW_MS, about="REGIME", level=level, regime=name, valid_from=NOW_MS
        )
        return _told(record, offset=number)

    found = read_decisions(
        [
            regime(1, "PROVINCE", 38, "CT15"),
            regime(2, "DISTRICT", 380, "CT16"),
            regime(3, "COMMUNE", 14_755, "CT19"),
            regime(4, "HAMLET", 14_758, "CT16"),
        ]
    )
    records = {
        5: area(5, district=380, province=38),
        6: area(6, district=381, province=38),
        38: area(38, district=999, province=1),
        14_755: area(14_755, district=380, province=38),
        14_758: area(14_758, district=381, province=38),
    }
    areas = Areas.build(records, found.values())
    assert [Regime(code).name for code in areas.regime.tolist()] == ["CT16", "CT15", "CT19", "CT15"]
    assert areas.starts.tolist() == [0, 1, 2, 2, 3, 4, 4]
