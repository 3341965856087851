"""What FULL_TRANSITIVE compatibility asks of two versions of a schema, and what our own codec asks on top.

Source: Apache Avro 1.11, "Schema Resolution", in both directions: readers of either version read records of the other.
Ours: fields are matched by name and never removed; codes of enumerations are positions; bounds never narrow, because
records of the older version are still on their way; and a 16-byte field or text that a record lacks is read as nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_NOTHING = {"fixed": "\0" * 16, "string": "", "bytes": ""}


def problems(newer: Schema, older: Schema) -> list[str]:
    """Return why the two are not compatible, a sentence each; nothing if they are."""
    return list(_problems(newer, older))


def _problems(newer: Schema, older: Schema) -> Iterator[str]:
    if (newer.get("namespace"), newer["name"]) != (older.get("namespace"), older["name"]):
        yield "the record has another name"
    now, before = _fields(newer), _fields(older)
    for name in before.keys() - now.keys():
        yield f"{name} is gone"
    for name in now.keys() - before.keys():
        yield from _added(now[name])
    for name in now.keys() & before.keys():
        yield from _changed(now[name], before[name])


def _fields(schema: Schema) -> dict[str, Schema]:
    return {field["name"]: field for field in schema["fields"]}


def _added(field: Schema) -> Iterator[str]:
    name = field["name"]
    if "aliases" in field:
        yield f"{name} renames another field"
    if "default" not in field:
        yield f"{name} is new and has no default"
    elif field["default"] != _NOTHING.get(_kind(field["type"]), field["default"]):
        yield f"{name} is new and its default is not empty"


def _changed(now: Schema, before: Schema) -> Iterator[str]:
    name = now["name"]
    if _kind(now["type"]) != _kind(before["type"]):
        yield f"{name} has another type"
        return
    if _kind(now["type"]) == "enum":
        yield from _enumeration(name, now["type"], before["type"])
    elif isinstance(now["type"], Mapping) and _essence(now["type"]) != _essence(before["type"]):
        yield f"{name} has another type"
    if "default" in before and "default" not in now:
        yield f"{name} has no default any more"
    yield from _bounds(now, before)


def _enumeration(name: str, now: Schema, before: Schema) -> Iterator[str]:
    if now["name"] != before["name"]:
        yield f"{name} has an enumeration of another name"
    known = before["symbols"]
    if now["symbols"][: len(known)] != known:
        yield f"{name} has lost, renamed or reordered symbols"
    elif len(now["symbols"]) > len(known) and "default" not in before:
        yield f"{name} has new symbols, and older readers have no default for them"


def _bounds(now: Schema, before: Schema) -> Iterator[str]:
    least, most = float("-inf"), float("inf")
    if now.get("minimum", least) > before.get("minimum", least):
        yield f"{now['name']} has a higher minimum"
    for bound in ("maximum", "maxLength"):
        if now.get(bound, most) < before.get(bound, most):
            yield f"{now['name']} has a lower {bound}"


def _kind(type_: Any) -> str:
    return str(type_["type"] if isinstance(type_, Mapping) else type_)


def _essence(type_: Schema) -> dict[str, Any]:
    return {key: value for key, value in type_.items() if key not in ("doc", "default")}
