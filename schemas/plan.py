"""Compile a flat Avro record schema into the arrays the batch codec's kernels walk.

Only what a lean feed needs is allowed: int, long, enum, boolean (all zigzag varints or one byte), float and
fixed(16). Anything else belongs into a reference kind, which fastavro reads record by record.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas.kinds import Feed, avro_schema

VARINT, BOOLEAN, FLOAT, FIXED16 = 0, 1, 2, 3
_INT_BOUNDS = (-(1 << 31), (1 << 31) - 1)
_LONG_BOUNDS = (-(1 << 63), (1 << 63) - 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to walk one record: per field its code, its slot and the bounds of its value.

    `slots` index the integer columns (varint, boolean, float bits) or the 16-byte columns (fixed), each counted
    on its own. `lows` and `highs` bound integer values inclusively (enumerations: 0 to symbols-1; a field's own
    `minimum` and `maximum` attributes narrow its type's).
    """

    schema_id: int
    codes: npt.NDArray[np.int64]
    slots: npt.NDArray[np.int64]
    lows: npt.NDArray[np.int64]
    highs: npt.NDArray[np.int64]
    integers: tuple[str, ...]
    fixed: tuple[str, ...]


def _field(type_: Any) -> tuple[int, tuple[int, int]]:
    name = type_ if isinstance(type_, str) else type_["type"]
    if name == "enum":
        return VARINT, (0, len(type_["symbols"]) - 1)
    if name == "fixed" and type_["size"] == 16:
        return FIXED16, (0, 0)
    simple = {
        "int": (VARINT, _INT_BOUNDS),
        "long": (VARINT, _LONG_BOUNDS),
        "boolean": (BOOLEAN, (0, 1)),
        "float": (FLOAT, _INT_BOUNDS),
    }
    if name not in simple:
        raise ValueError(f"a feed can't have a field of type {type_!r}")
    return simple[name]


@cache
def plan_of(feed: Feed) -> Plan:
    """Return the plan of a feed's schema; raise ValueError for a type feeds don't have."""
    names: tuple[list[str], list[str]] = ([], [])
    rows: list[tuple[int, int, int, int]] = []
    for field in avro_schema(feed.avro)["fields"]:
        code, (low, high) = _field(field["type"])
        group = names[code == FIXED16]
        rows.append((code, len(group), field.get("minimum", low), field.get("maximum", high)))
        group.append(field["name"])
    codes, slots, lows, highs = np.array(rows, dtype=np.int64).T.copy()
    return Plan(feed.schema_id, codes, slots, lows, highs, tuple(names[0]), tuple(names[1]))
