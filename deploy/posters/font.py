"""The font of posters: Source Sans Pro (SIL Open Font License 1.1), which has every letter of Vietnamese."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from font_source_sans_pro import font_directory
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from deploy.posters.sheet import Weight

_UNKNOWN_LETTER = "?"


def font_file(weight: Weight) -> Path:
    """Return the file of a weight."""
    return Path(font_directory) / weight.value


def printable(text: str) -> str:
    """Return the text in composed letters; those the font doesn't have are question marks."""
    letters = _letters(Weight.REGULAR)
    return "".join(
        letter if ord(letter) in letters else _UNKNOWN_LETTER for letter in unicodedata.normalize("NFC", text)
    )


def width_of(text: str, *, size: float, weight: Weight) -> float:
    """Return how wide a text is, in the unit of `size`."""
    return sum(_advance(letter, weight) for letter in text) * size / units_per_em(weight)


def units_per_em(weight: Weight) -> int:
    """Return how many of the font's units are as long as its size."""
    return int(_font(weight)["head"].unitsPerEm)


@lru_cache(maxsize=256)
def outline(text: str, *, weight: Weight) -> str:
    """Return a text's outline as the data of an SVG path: in the font's units, upwards, from 0 at the baseline."""
    glyphs, letters = _font(weight).getGlyphSet(), _letters(weight)
    pen = SVGPathPen(glyphs)
    x = 0
    for letter in text:
        glyphs[letters[ord(letter)]].draw(TransformPen(pen, (1, 0, 0, 1, x, 0)))
        x += _advance(letter, weight)
    return str(pen.getCommands())


def wrapped(text: str, fits: Sequence[tuple[float, int]], *, width: float, weight: Weight) -> tuple[float, list[str]]:
    """Return the first size of `fits`, each with how many lines it may have, with which a text fits, and its lines.

    Where none does, the last is taken and the text ends with an ellipsis.
    """
    for size, most_lines in fits:
        lines = list(_lines(text, width=width, size=size, weight=weight))
        if len(lines) <= most_lines and all(width_of(line, size=size, weight=weight) <= width for line in lines):
            return size, _balanced(lines, width=width, size=size, weight=weight)
    return size, _cut(lines, most_lines, width=width, size=size, weight=weight)


def _lines(text: str, *, width: float, size: float, weight: Weight) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and width_of(longer, size=size, weight=weight) > width:
            yield line
            line = word
        else:
            line = longer
    yield line


def _balanced(lines: list[str], *, width: float, size: float, weight: Weight) -> list[str]:
    """Return the same number of lines, as even in width as can be."""
    best, narrower = lines, width
    while len(lines) == len(best) and narrower > 0 and len(lines) > 1:
        best, narrower = lines, narrower * 0.98
        lines = list(_lines(" ".join(best), width=narrower, size=size, weight=weight))
    return best


def _cut(lines: list[str], most_lines: int, *, width: float, size: float, weight: Weight) -> list[str]:
    """Return the lines that there is room for, with an ellipsis where something is left out."""
    shown = []
    for number, line in enumerate(lines[:most_lines], start=1):
        kept, mark = line, "…" if number == most_lines < len(lines) else ""
        while width_of(kept + mark, size=size, weight=weight) > width:
            kept, mark = kept[:-1].rstrip(), "…"
        shown.append(kept + mark)
    return shown


@cache
def _font(weight: Weight) -> TTFont:
    return TTFont(BytesIO(font_file(weight).read_bytes()))


@cache
def _letters(weight: Weight) -> dict[int, str]:
    return dict(_font(weight).getBestCmap())


@cache
def _advance(letter: str, weight: Weight) -> int:
    return int(_font(weight)["hmtx"][_letters(weight)[ord(letter)]][0])
