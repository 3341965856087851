"""Synthetic cells: a rectangle for each commune, nested in its district's, nested in its province's.

We found no free data set of the communes of 2021 with geometry, so maps show these until somebody loads real boundaries
(`boundaries.py`). They are the same for everybody and at all times. Provinces lie roughly where they are; within one,
where a cell lies and how large it is mean nothing: communes are laid out in the order of their codes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, groupby
from operator import attrgetter
from typing import Self, TypeVar

from schemas.admin_units import Commune, communes
from schemas.report_enums import AreaLevel
from sinks.maps.shapes import Area, Polygon, Shapes

# Whole numbers until the end: neighbours share their edges exactly.
_PER_DEGREE = 10_000
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with sides along the axes, in ten-thousandths of a degree."""

    west: int
    south: int
    east: int
    north: int

    def cut(self, part: float) -> tuple[Self, Self]:
        """Return two rectangles that make up this one, the first with about `part` of it; cuts the longer side."""
        kind = type(self)
        if self.east - self.west >= self.north - self.south:
            middle = _between(self.west, self.east, part)
            return kind(self.west, self.south, middle, self.north), kind(middle, self.south, self.east, self.north)
        middle = _between(self.north, self.south, part)
        return kind(self.west, middle, self.east, self.north), kind(self.west, self.south, self.east, middle)

    def polygon(self) -> Polygon:
        """Return the rectangle in degrees."""
        west, south, east, north = (edge / _PER_DEGREE for edge in (self.west, self.south, self.east, self.north))
        return (((west, south), (east, south), (east, north), (west, north), (west, south)),)


#: By code of province: roughly where it is, none touching another.
_BLOCKS = {
    38: Box(104_6000, 19_4000, 106_0000, 20_6000),
    42: Box(105_3000, 18_0000, 106_4000, 18_8000),
    64: Box(107_5000, 13_0000, 108_8000, 14_5000),
    75: Box(106_8000, 10_6000, 107_6000, 11_5000),
    94: Box(105_6000, 9_3000, 106_3000, 9_9000),
}


@cache
def synthetic_shapes() -> Shapes:
    """Return the cells of all communes, districts and provinces there are."""
    boxes: dict[Area, Box] = {}
    for province, units in _grouped(communes(), "province_code"):
        boxes[AreaLevel.PROVINCE, province] = _BLOCKS[province]
        districts = {code: list(members) for code, members in _grouped(units, "district_code")}
        sizes = [(code, len(members)) for code, members in districts.items()]
        for district, block in divide(_BLOCKS[province], sizes):
            boxes[AreaLevel.DISTRICT, district] = block
            cells = divide(block, [(unit.code, 1) for unit in districts[district]])
            boxes.update({(AreaLevel.COMMUNE, commune): cell for commune, cell in cells})
    return Shapes(polygons={area: (box.polygon(),) for area, box in boxes.items()}, synthetic=frozenset(boxes))


def divide(box: Box, sizes: Sequence[tuple[_Key, int]]) -> Iterator[tuple[_Key, Box]]:
    """Divide a rectangle among keys by their sizes, in their order, and yield each with its part.

    Halves the keys where their sizes are most even, and again, so that parts are about as wide as high. Every size must
    be above 0, and the box have many times more units on a side than there are keys.
    """
    if len(sizes) == 1:
        yield sizes[0][0], box
        return
    sums = list(accumulate(size for _, size in sizes))
    at = min(range(1, len(sizes)), key=lambda count: abs(2 * sums[count - 1] - sums[-1]))
    first, rest = box.cut(sums[at - 1] / sums[-1])
    yield from divide(first, sizes[:at])
    yield from divide(rest, sizes[at:])


def _between(start: int, end: int, part: float) -> int:
    return start + round((end - start) * part)


def _grouped(units: Iterable[Commune], code: str) -> Iterator[tuple[int, list[Commune]]]:
    of = attrgetter(code)
    for key, members in groupby(sorted(units, key=lambda unit: (of(unit), unit.code)), key=of):
        yield key, list(members)
