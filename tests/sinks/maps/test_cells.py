"""Synthetic cells: each area has one, they nest, and none overlaps another."""

from collections import defaultdict

import hypothesis.strategies as st
import pytest
from hypothesis import given
from shapely import STRtree

from schemas.admin_units import communes
from schemas.report_enums import AreaLevel
from sinks.maps.cells import Box, divide, synthetic_shapes
from sinks.maps.shapes import Area
from tests.sinks.maps.geometry import assert_sound, parents, surface

_BLOCK = Box(104_0000, 18_0000, 105_0000, 18_9000)
_SIZES = st.lists(st.integers(1, 60), min_size=1, max_size=60)


def _area(box: Box) -> int:
    return (box.east - box.west) * (box.north - box.south)


def _overlap(one: Box, other: Box) -> bool:
    return max(one.west, other.west) < min(one.east, other.east) and max(one.south, other.south) < min(
        one.north, other.north
    )


def test_every_area_has_a_cell_marked_synthetic() -> None:
    shapes = synthetic_shapes()
    wanted = {
        area
        for unit in communes()
        for area in (
            (AreaLevel.COMMUNE, unit.code),
            (AreaLevel.DISTRICT, unit.district_code),
            (AreaLevel.PROVINCE, unit.province_code),
        )
    }
    assert set(shapes.polygons) == set(shapes.synthetic) == wanted
    for polygons in shapes.polygons.values():
        assert_sound(polygons)


def test_cells_fill_the_area_they_belong_to_exactly() -> None:
    shapes = synthetic_shapes()
    inside: dict[Area, list[Area]] = defaultdict(list)
    for area, parent in parents().items():
        inside[parent].append(area)
        assert surface(shapes, parent).covers(surface(shapes, area))
    for parent, members in inside.items():
        parts = sum(surface(shapes, area).area for area in members)
        assert parts == pytest.approx(surface(shapes, parent).area, rel=1e-9)


@pytest.mark.parametrize("level", [AreaLevel.COMMUNE, AreaLevel.DISTRICT, AreaLevel.PROVINCE])
def test_no_cell_overlaps_another_of_its_level(level: AreaLevel) -> None:
    shapes = synthetic_shapes()
    surfaces = [surface(shapes, area) for area in shapes.polygons if area[0] is level]
    tree = STRtree(surfaces)
    ones, others = tree.query(surfaces, predicate="intersects")
    overlaps = [
        (one, other)
        for one, other in zip(ones, others, strict=True)
        if one < other and surfaces[one].intersection(surfaces[other]).area > 0
    ]
    assert overlaps == []


@given(_SIZES)
def test_a_division_leaves_nothing_out_and_gives_nothing_twice(sizes: list[int]) -> None:
    boxes = dict(divide(_BLOCK, list(enumerate(sizes))))
    assert list(boxes) == list(range(len(sizes)))
    assert sum(map(_area, boxes.values())) == _area(_BLOCK)
    assert all(_area(box) > 0 for box in boxes.values())
    assert not any(_overlap(boxes[one], boxes[other]) for one in boxes for other in range(one))


@given(_SIZES)
def test_a_part_is_about_as_large_as_its_size_says(sizes: list[int]) -> None:
    for key, box in divide(_BLOCK, list(enumerate(sizes))):
        assert _area(box) / _area(_BLOCK) == pytest.approx(sizes[key] / sum(sizes), rel=0.05)
