"""Whoever exempts a line from a check says why, beside it."""

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_FOLDERS = ("schemas", "streams", "sinks", "deploy", "loadtest", "tests")
_EXEMPTION = re.compile(r"#\s*(type: ignore|noqa|ruff: noqa|pragma|mypy:)")
#: The rules' names, then a reason.
_WITH_REASON = re.compile(
    r"#\s*(type: ignore\[[a-z, -]+\]\s*#|(ruff: )?noqa: [A-Z0-9, ]+?\s*(--|\()|pragma: no cover\s*--)\s*\w.{3,}"
)
_KERNEL = "# type: ignore[no-untyped-def]"


def _comments(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def _kernel_lines(source: str) -> set[int]:
    """Return the first lines of functions that numba compiles: it infers their types, so they have none."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return {
        function.lineno
        for function in functions
        if any(ast.unparse(decorator).startswith("numba.") for decorator in function.decorator_list)
    }


def _unexplained(path: Path) -> list[str]:
    kernels = _kernel_lines(path.read_text("utf-8"))
    return [
        f"{path.relative_to(_ROOT)}:{line}: {comment}"
        for line, comment in _comments(path)
        if _EXEMPTION.search(comment)
        and not _WITH_REASON.search(comment)
        and not (comment == _KERNEL and line in kernels)
    ]


@pytest.mark.parametrize("folder", _FOLDERS)
def test_every_exemption_has_its_reason(folder: str) -> None:
    assert [found for path in sorted((_ROOT / folder).rglob("*.py")) for found in _unexplained(path)] == []


@pytest.mark.parametrize(
    ("comment", "explained"),
    [
        ("# noqa: S603 -- our own program", True),
        ("# noqa: T201 (the protocol with the supervisor)", True),
        ("# type: ignore[arg-type]  # only numbers are passed", True),
        ("# noqa: S603", False),
        ("# noqa: S603 -- ok", False),
        ("# noqa", False),
        ("# type: ignore[arg-type]", False),
        ("# type: ignore", False),
    ],
)
def test_a_missing_reason_would_be_seen(comment: str, *, explained: bool) -> None:
    assert _EXEMPTION.search(comment)
    assert bool(_WITH_REASON.search(comment)) == explained
