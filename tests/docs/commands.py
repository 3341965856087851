"""The commands the documents name: whole blocks to run, and each command in them or in running text."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "docs").glob("*.md")])

_BLOCK = re.compile(r"^```sh\n(.+?)^```$", flags=re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


def blocks(document: Path) -> list[str]:
    """Return the text of each block of shell commands."""
    return _BLOCK.findall(document.read_text("utf-8"))


def named(program: str) -> list[tuple[str, list[str]]]:
    """Return document and arguments of each place where `program` is called with some, once each.

    A call is a line of a block, or a span of code in running text that begins with the program's name.
    """
    found: dict[tuple[str, ...], str] = {}
    for document in DOCUMENTS:
        text = document.read_text("utf-8")
        lines = [line for block in blocks(document) for line in block.splitlines()]
        for call in [*lines, *_SPAN.findall(_BLOCK.sub("", text))]:
            words = _words(call)
            if len(words) > 1 and Path(words[0]).name == program:
                found.setdefault(tuple(words[1:]), document.name)
    return [(document, list(arguments)) for arguments, document in found.items()]


def _words(call: str) -> list[str]:
    try:
        return shlex.split(call, comments=True)
    except ValueError:  # a line of a longer command, or prose
        return []
