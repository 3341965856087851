import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import Category, Department, Flag
from schemas.report_enums import AreaLevel, DecisionAbout, Regime
from streams.registry.decisions import Decision
from streams.registry.enrich import Enrichment, decided, enrich
from streams.registry.snapshot import Areas, Snapshot
from tests.streams.registry.records import area, device, place

_SNAPSHOT = Snapshot.build(
    places={
        1: place(1, commune=14_755, category=Category.MARKET, department=Department.SCT),
        2: place(2, commune=0, category=Category.CHECKPOINT, department=Department.UNKNOWN),
        3: place(3, commune=99),
    },
    areas={14_755: area(14_755, district=380, province=38, risk=[(1_000, 2), (2_000, 4)])},
    devices={7: device(7), 9: device(9, revoked=True)},
)


def _enrich(*, place_id: int, device_id: int = 7, event_ms: int = 5_000) -> Enrichment:
    return enrich(
        _SNAPSHOT,
        place_ids=np.array([place_id]),
        device_ids=np.array([device_id]),
        event_ms=np.array([event_ms]),
    )


def test_a_known_place_brings_its_department_and_area() -> None:
    found = _enrich(place_id=1)
    assert (found.columns["category"].tolist(), found.columns["department"].tolist()) == (
        [Category.MARKET],
        [Department.SCT],
    )
    assert (
        found.columns["commune"].tolist(),
        found.columns["district"].tolist(),
        found.columns["province"].tolist(),
    ) == ([14_755], [380], [38])
    assert (found.columns["risk_level"].tolist(), found.flags.tolist()) == ([4], [0])


@pytest.mark.parametrize(
    ("event_ms", "level"), [(0, 0), (999, 0), (1_000, 2), (1_001, 2), (1_999, 2), (2_000, 4), (1 << 45, 4)]
)
def test_the_level_is_the_one_valid_at_the_event(event_ms: int, level: int) -> None:
    assert _enrich(place_id=1, event_ms=event_ms).columns["risk_level"].tolist() == [level]


@pytest.mark.parametrize(
    ("place_id", "device_id", "flags"),
    [
        (8, 7, Flag.PLACE_UNKNOWN | Flag.AREA_UNKNOWN),
        (2, 7, Flag.AREA_UNKNOWN),
        (3, 7, Flag.AREA_UNKNOWN),
        (1, 8, Flag.DEVICE_UNKNOWN),
        (1, 9, Flag.DEVICE_REVOKED),
        (8, 9, Flag.PLACE_UNKNOWN | Flag.AREA_UNKNOWN | Flag.DEVICE_REVOKED),
        (8, 8, Flag.PLACE_UNKNOWN | Flag.AREA_UNKNOWN | Flag.DEVICE_UNKNOWN),
    ],
)
def test_what_is_unknown_or_revoked_is_flagged(place_id: int, device_id: int, flags: int) -> None:
    found = _enrich(place_id=place_id, device_id=device_id)
    assert found.flags.tolist() == [flags]
    if flags & Flag.AREA_UNKNOWN:
        assert (
            found.columns["district"].tolist(),
            found.columns["province"].tolist(),
            found.columns["risk_level"].tolist(),
        ) == ([0], [0], [0])


def test_a_decision_on_the_province_brings_its_regime() -> None:
    regime = Decision(
        about=DecisionAbout.REGIME, level=AreaLevel.PROVINCE, area_code=38, value=Regime.CT16, valid_from_ms=2_000
    )
    areas = Areas.build({14_755: area(14_755, risk=[(1_000, 2)]), 1: area(1, province=1, district=1)}, [regime])
    rows, times = areas.index.rows(np.array([14_755, 14_755, 1, 99])), np.array([1_999, 2_000, 2_000, 2_000])
    levels, regimes = decided(areas, rows, times)
    assert levels.tolist() == [2, 2, 0, 0]
    assert regimes.tolist() == [Regime.NONE, Regime.CT16, Regime.NONE, Regime.NONE]


def test_columns_keep_the_scans_order() -> None:
    places = np.array([3, 1, 8, 1])
    found = enrich(_SNAPSHOT, place_ids=places, device_ids=np.full(4, 7), event_ms=np.array([0, 1_500, 0, 2_500]))
    assert found.columns["commune"].tolist() == [99, 14_755, 0, 14_755]
    assert found.columns["risk_level"].tolist() == [0, 2, 0, 4]


def test_no_scans_are_no_rows() -> None:
    nothing = np.empty(0, np.int64)
    assert len(enrich(_SNAPSHOT, place_ids=nothing, device_ids=nothing, event_ms=nothing).flags) == 0


_RISK = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 4)), max_size=6, unique_by=lambda decision: decision[0])


@given(st.lists(_RISK, min_size=1, max_size=4), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60)), max_size=10))
def test_levels_are_those_of_the_last_decision_before(
    communes: list[list[tuple[int, int]]], asked: list[tuple[int, int]]
) -> None:
    areas = Areas.build({code: area(code, risk=risk) for code, risk in enumerate(communes)})
    rows = np.array([row if row < len(communes) else -1 for row, _ in asked], np.int32)
    times = np.array([when for _, when in asked], np.int64)
    expected = [
        max((since, level) for since, level in [(-1, 0), *(communes[row] if row >= 0 else [])] if since <= when)[1]
        for row, when in zip(rows.tolist(), times.tolist(), strict=True)
    ]
    assert decided(areas, rows, times)[0].tolist() == expected
