"""Draw a sheet as SVG. Text is drawn as outlines, so that it looks and prints the same wherever it is opened."""

from collections.abc import Iterator
from functools import singledispatch
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from deploy.posters.code import Modules
from deploy.posters.font import outline, units_per_em, width_of
from deploy.posters.sheet import Box, Code, Shape, Sheet, Words


def as_svg(sheet: Sheet) -> str:
    """Return the sheet as the text of an SVG file."""
    size = f'width="{sheet.width:g}mm" height="{sheet.height:g}mm" viewBox="0 0 {sheet.width:g} {sheet.height:g}"'
    drawn = "\n".join(_drawn(shape) for shape in sheet.shapes)
    title = f"<title>{escape(sheet.title)}</title>"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n{title}\n{drawn}\n</svg>\n'


@singledispatch
def _drawn(shape: Shape) -> str:
    raise NotImplementedError(type(shape).__name__)


@_drawn.register
def _(box: Box) -> str:
    size = f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'
    return f'<rect {size} rx="{box.radius:g}" fill="{box.fill}"/>'


@_drawn.register
def _(words: Words) -> str:
    scale = words.size / units_per_em(words.weight)
    left = words.x - (width_of(words.text, size=words.size, weight=words.weight) / 2 if words.centred else 0)
    place = f'transform="translate({left:.3f} {words.y:g}) scale({scale:.6f} {-scale:.6f})"'
    label = f'role="img" aria-label={quoteattr(words.text)}'
    return f'<path {place} {label} fill="{words.fill}" d="{outline(words.text, weight=words.weight)}"/>'


@_drawn.register
def _(code: Code) -> str:
    scale = code.size / len(code.modules)
    place = f'transform="translate({code.x:g} {code.y:g}) scale({scale:.6f})"'
    # Sharp edges: else seams show between the rows.
    return f'<path class="qr" {place} shape-rendering="crispEdges" d="{"".join(_runs(code.modules))}"/>'


def _runs(modules: Modules) -> Iterator[str]:
    """Yield each run of dark modules of a row as a rectangle one module high."""
    for y, row in enumerate(modules):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                yield f"M{x} {y}h{length}v1h-{length}z"
            x += length
