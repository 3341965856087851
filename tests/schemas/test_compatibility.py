"""Every schema is FULL_TRANSITIVE compatible with all its older versions: devices and services update in any order."""

import copy
import io
from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.kinds import FEEDS, REFERENCES, Feed, Reference, avro_schema
from tests.schemas.avro_records import records
from tests.schemas.compatibility import problems

_KINDS: tuple[Feed | Reference, ...] = (*FEEDS, *REFERENCES)
_VERSIONS = {kind.name: [*(version.avro for version in kind.history), kind.avro] for kind in _KINDS}
_PAIRS = [pair for versions in _VERSIONS.values() for pair in combinations(versions, 2)]
Schema = dict[str, Any]


@pytest.mark.parametrize(("older", "newer"), _PAIRS)
def test_a_version_is_compatible_with_each_older_one(older: str, newer: str) -> None:
    assert problems(avro_schema(newer), avro_schema(older)) == []


@pytest.mark.parametrize("pair", _PAIRS, ids="->".join)
@settings(max_examples=10)
@given(data=st.data())
def test_records_of_either_version_are_read_by_the_other(pair: tuple[str, str], data: st.DataObject) -> None:
    for writer, reader in (pair, pair[::-1]):
        _reads(avro_schema(writer), avro_schema(reader), data.draw(records(avro_schema(writer))))


def test_identities_of_schemas_are_never_used_twice() -> None:
    ids = [kind.schema_id for kind in _KINDS] + [version.schema_id for kind in _KINDS for version in kind.history]
    assert len(set(ids)) == len(ids)


def _reads(writer: Schema, reader: Schema, record: Mapping[str, Any]) -> None:
    """Read `record` as its writer and as the reader would, and compare what the two see."""
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(writer), record)
    own = fastavro.schemaless_reader(io.BytesIO(body.getvalue()), fastavro.parse_schema(writer), None)
    seen = fastavro.schemaless_reader(
        io.BytesIO(body.getvalue()), fastavro.parse_schema(writer), fastavro.parse_schema(reader)
    )
    assert seen == {field["name"]: _expected(field, own) for field in reader["fields"]}


def _expected(field: Mapping[str, Any], own: Mapping[str, Any]) -> Any:
    if field["name"] not in own:
        return field["default"]  # of bytes, too, fastavro gives the text the schema has
    value, type_ = own[field["name"]], field["type"]
    is_enumeration = isinstance(type_, Mapping) and type_["type"] == "enum"
    return type_["default"] if is_enumeration and value not in type_["symbols"] else value


_OLD: Schema = {
    "type": "record",
    "name": "Thing",
    "namespace": "vn.scanstream",
    "fields": [
        {"name": "id", "type": {"type": "fixed", "name": "Id", "size": 16}},
        {"name": "count", "type": "int", "minimum": 0, "maximum": 100, "default": 0},
        {"name": "way", "type": {"type": "enum", "name": "Way", "symbols": ["NO", "IN", "OUT"], "default": "NO"}},
        {"name": "mode", "type": {"type": "enum", "name": "Mode", "symbols": ["A", "B"]}},
    ],
}


def _changed(change: Callable[[list[Schema]], object]) -> Schema:
    schema = copy.deepcopy(_OLD)
    change(schema["fields"])
    return schema


_COMPATIBLE = {
    "nothing": lambda _: None,
    "a field with a default": lambda fields: fields.append({"name": "more", "type": "string", "default": ""}),
    "a 16-byte field": lambda fields: fields.append(
        {"name": "more", "type": {"type": "fixed", "name": "More", "size": 16}, "default": "\0" * 16}
    ),
    "a symbol at the end": lambda fields: fields[2]["type"]["symbols"].append("PASS"),
    "wider bounds": lambda fields: fields[1].update(minimum=-5, maximum=200),
    "another order": lambda fields: fields.reverse(),
    "a new text for people": lambda fields: fields[1].update(doc="How many."),
}
_INCOMPATIBLE = {
    "count is gone": lambda fields: fields.pop(1),
    "more is new and has no default": lambda fields: fields.append({"name": "more", "type": "int"}),
    "more is new and its default is not empty": lambda fields: fields.append(
        {"name": "more", "type": "string", "default": "?"}
    ),
    "number renames another field": lambda fields: fields.append(
        {"name": "number", "aliases": ["count"], "type": "int", "default": 0}
    ),
    "count has another type": lambda fields: fields[1].update(type="long"),
    "id has another type": lambda fields: fields[0]["type"].update(size=8),
    "count has no default any more": lambda fields: fields[1].pop("default"),
    "count has a lower maximum": lambda fields: fields[1].update(maximum=99),
    "count has a higher minimum": lambda fields: fields[1].update(minimum=1),
    "way has lost, renamed or reordered symbols": lambda fields: fields[2]["type"]["symbols"].reverse(),
    "way has an enumeration of another name": lambda fields: fields[2]["type"].update(name="Direction"),
    "mode has new symbols, and older readers have no default for them": lambda fields: fields[3]["type"][
        "symbols"
    ].append("C"),
}


@pytest.mark.parametrize("change", _COMPATIBLE.values(), ids=_COMPATIBLE.keys())
def test_what_may_change(change: Callable[[list[Schema]], object]) -> None:
    assert problems(_changed(change), _OLD) == []


@pytest.mark.parametrize(("problem", "change"), _INCOMPATIBLE.items(), ids=_INCOMPATIBLE.keys())
def test_what_may_not_change(problem: str, change: Callable[[list[Schema]], object]) -> None:
    assert problems(_changed(change), _OLD) == [problem]


@pytest.mark.parametrize("change", _COMPATIBLE.values(), ids=_COMPATIBLE.keys())
@settings(max_examples=5)
@given(data=st.data())
def test_what_may_change_is_read_both_ways(change: Callable[[list[Schema]], object], data: st.DataObject) -> None:
    newer = _changed(change)
    _reads(newer, _OLD, data.draw(records(newer)))
    _reads(_OLD, newer, data.draw(records(_OLD)))


def test_a_record_of_another_name_is_another_record() -> None:
    assert problems({**_OLD, "name": "Other"}, _OLD) == ["the record has another name"]
