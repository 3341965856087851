"""Compile a flat Avro record schema into the arrays the batch codec's kernels walk.

What a feed may have: int, long, enum, boolean (all zigzag varints or one byte), float, fixed(16), string and bytes. Its
first field is the event's identity, its second the subject, which is also the Kafka key. Anything else belongs into a
reference kind, which fastavro reads record by record.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas.kinds import Feed, avro_schema

VARINT, BOOLEAN, FLOAT, FIXED16, TEXT = 0, 1, 2, 3, 4
#: A text's slot holds where it starts in the batch's bytes, times this, plus its length.
TEXT_SPAN = 1 << 16
_MOST_TEXT_BYTES = 1_000
_INT_BOUNDS = (-(1 << 31), (1 << 31) - 1)
_LONG_BOUNDS = (-(1 << 63), (1 << 63) - 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to walk one record: per field its code, its slot and the bounds of its value.

    `slots` index the integer columns (varint, boolean, float bits, place of a text) or the 16-byte columns (fixed),
    each counted on its own. `lows` and `highs` bound integer values inclusively (enumerations: 0 to symbols-1; a
    field's own `minimum` and `maximum` attributes narrow its type's), and a text's length in bytes (`maxLength`).
    `strings` are the texts that must be UTF-8. `older` are the plans of former versions, whose records are still read;
    `defaults` what an integer field has where a record's version lacks it (16-byte fields and texts: nothing).
    """

    schema_id: int
    codes: npt.NDArray[np.int64]
    slots: npt.NDArray[np.int64]
    lows: npt.NDArray[np.int64]
    highs: npt.NDArray[np.int64]
    integers: tuple[str, ...]
    fixed: tuple[str, ...]
    strings: tuple[str, ...]
    defaults: npt.NDArray[np.int64]
    older: tuple["Plan", ...] = ()

    @property
    def identity(self) -> str:
        """Name of the field that is unique to an event."""
        return self.fixed[0]


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
        "string": (TEXT, (0, _MOST_TEXT_BYTES)),
        "bytes": (TEXT, (0, _MOST_TEXT_BYTES)),
    }
    if name not in simple:
        raise ValueError(f"a feed can't have a field of type {type_!r}")
    return simple[name]


def _default(field: dict[str, Any]) -> int:
    """Return a field's default as its integer column holds it."""
    value, type_ = field.get("default"), field["type"]
    if isinstance(type_, dict) and type_["type"] == "enum":
        symbol = value if value is not None else type_.get("default", type_["symbols"][0])
        return int(type_["symbols"].index(symbol))
    if type_ == "float":
        return int(np.array(value or 0.0, np.float32).view(np.int32))
    return 0 if isinstance(value, str) else int(value or 0)


@cache
def _plan(schema_id: int, avro: str) -> Plan:
    names: tuple[list[str], list[str]] = ([], [])
    rows: list[tuple[int, int, int, int]] = []
    strings, defaults = [], []
    for field in avro_schema(avro)["fields"]:
        code, (low, high) = _field(field["type"])
        group = names[code == FIXED16]
        rows.append((code, len(group), field.get("minimum", low), field.get("maximum", field.get("maxLength", high))))
        group.append(field["name"])
        if code != FIXED16:
            defaults.append(_default(field))
        if field["type"] == "string":
            strings.append(field["name"])
    codes, slots, lows, highs = np.array(rows, dtype=np.int64).T.copy()
    integers, fixed = (tuple(group) for group in names)
    return Plan(
        schema_id, codes, slots, lows, highs, integers, fixed, tuple(strings), np.array(defaults, dtype=np.int64)
    )


@cache
def plan_of(feed: Feed) -> Plan:
    """Return the plan of a feed's schema; raise ValueError for a type feeds don't have."""
    older = tuple(_plan(version.schema_id, version.avro) for version in feed.history)
    return replace(_plan(feed.schema_id, feed.avro), older=older)
