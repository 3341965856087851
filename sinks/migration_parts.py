"""Text that several migrations share: a line `@include part: one | two` stands for a file of `migrations/parts`."""

import re
from collections.abc import Callable
from importlib.resources import files

_INCLUDE = re.compile(r"^@include (\w+): (.+)$", flags=re.MULTILINE)
_GAP = re.compile(r"\$(\d)")


def read_part(name: str) -> str:
    """Return the text of a part as it is shipped. Raises FileNotFoundError for one that isn't."""
    return (files("sinks") / "migrations" / "parts" / f"{name}.sql").read_text("utf-8")


def with_parts(sql: str, *, part: Callable[[str], str] = read_part) -> str:
    """Return a migration with its parts in it, and theirs in them.

    What an include line gives, separated by ` | `, stands where the part has $1, $2 and so on. Raises IndexError where
    it gives too few. A part belongs to the migrations that include it: once they have landed, it may not be edited any
    more than they.
    """

    def text(found: re.Match[str]) -> str:
        given = found[2].split(" | ")
        return with_parts(_GAP.sub(lambda gap: given[int(gap[1]) - 1], part(found[1]).rstrip("\n")), part=part)

    return _INCLUDE.sub(text, sql)
