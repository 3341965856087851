"""SQL as tokens, of which nothing is lost: joined they are the text again. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: In this order: blanks and comments, quoted texts, quoted names, words, and any other character on its own.
_TOKEN = re.compile(
    r"(?P<blank>\s+|--[^\n]*|/\*.*?\*/)"
    r"|(?P<text>'(?:\\.|''|[^'\\])*')"
    r"|(?P<name>`(?:\\.|``|[^`\\])*`|\"(?:\\.|\"\"|[^\"\\])*\"|[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SQL; `kind` is blank (comments, too), text, name (also keywords) or other (one character)."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """The name in capitals, as keywords are compared; empty for what is no plain name."""
        return self.text.upper() if self.kind == "name" and self.text[0] not in '`"' else ""

    @property
    def name(self) -> str:
        """The name without quotes; empty for what is none."""
        return self.text.strip('`"') if self.kind == "name" else ""


def tokens(sql: str) -> list[Token]:
    """Return the tokens of any text; an unclosed quote is a character of its own."""
    return [Token(str(match.lastgroup), match.group()) for match in _TOKEN.finditer(sql)]


def text_of(some: Sequence[Token]) -> str:
    """Return the text of tokens."""
    return "".join(token.text for token in some)


def following(some: Sequence[Token], at: int) -> int:
    """Return the index of the next token from `at` on that is no blank; the length where there is none."""
    while at < len(some) and some[at].kind == "blank":
        at += 1
    return at


def preceding(some: Sequence[Token], at: int) -> int:
    """Return the index of the last token up to `at` that is no blank; -1 where there is none."""
    while at >= 0 and some[at].kind == "blank":
        at -= 1
    return at


def closing(some: Sequence[Token], at: int) -> int:
    """Return the index of the bracket that closes the one at `at`; the last token's where none does."""
    opened, closed, depth = some[at].text, _CLOSING[some[at].text], 0
    for index in range(at, len(some)):
        depth += (some[index].text == opened) - (some[index].text == closed)
        if not depth:
            return index
    return len(some) - 1
