"""The rooms import in one direction only: read every import and compare with the table."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_MAY_IMPORT = {
    "schemas": set[str](),
    "streams": {"schemas"},
    "sinks": {"schemas"},
    "loadtest": {"schemas"},
    "deploy": {"schemas", "streams", "sinks", "loadtest"},
}


def _imported_modules(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _forbidden(source: str, *, room: str) -> set[str]:
    rooms = {module.split(".")[0] for module in _imported_modules(source)} & {*_MAY_IMPORT, "tests"}
    return rooms - _MAY_IMPORT[room] - {room}


@pytest.mark.parametrize("room", _MAY_IMPORT)
def test_a_room_imports_only_the_rooms_it_may(room: str) -> None:
    found = {
        str(path.relative_to(_ROOT)): forbidden
        for path in (_ROOT / room).rglob("*.py")
        if (forbidden := _forbidden(path.read_text("utf-8"), room=room))
    }
    assert found == {}


def test_a_forbidden_import_would_be_seen() -> None:
    assert _forbidden("def f():\n    from sinks.main import run", room="streams") == {"sinks"}
    assert _forbidden("import streams.app", room="sinks") == {"streams"}
    assert _forbidden("from schemas import kinds\nimport loadtest", room="loadtest") == set()
