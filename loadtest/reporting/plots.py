"""Draw charts with matplotlib: as SVG that takes its page's colours, or as PNG on white."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from PIL import Image

from loadtest.reporting.chart import Bars, Chart, Lines
from loadtest.reporting.colours import FAINT, INK, ON_PAGE
from loadtest.reporting.draw_bars import draw_bars
from loadtest.reporting.draw_lines import draw_lines

#: matplotlib wants each key as a literal, which a merged dictionary has not.
_Style = dict[Any, Any]
_STYLE: _Style = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "font.size": 9.5,
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "svg.fonttype": "none",
    "svg.hashsalt": "scanstream",
    "hatch.linewidth": 0.7,
}
_ON_WHITE = {"ink": "#222222", "faint": "#dddddd"}
_DPI = 144
_COLOURS = 96


def svg_of(chart: Chart) -> str:
    """Return the chart as an SVG element in its page's colours (`colours.ON_PAGE`).

    Its identities begin with the chart's name, so that several charts can stand on one page.
    """
    drawn = io.StringIO()
    with _styled(ink=INK, faint=FAINT):
        _draw(chart).savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = drawn.getvalue()
    svg = svg[svg.index("<svg") :]
    for colour, name in ON_PAGE.items():
        svg = svg.replace(colour, name)
    svg = re.sub(r' (width|height)="[\d.]+pt"', "", svg, count=2)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg).replace("xlink:href", "href")
    svg = re.sub(r'( id="| href="#|url\(#)', rf"\g<1>{chart.name}-", svg)
    return svg.replace("<svg", f'<svg role="img" aria-label="{chart.title}"', 1)


def png_of(chart: Chart) -> bytes:
    """Return the chart as a PNG picture with its title, on white."""
    drawn = io.BytesIO()
    with _styled(**_ON_WHITE):
        figure = _draw(chart)
        figure.suptitle(chart.title, x=0.01, ha="left", fontweight="bold", fontsize=11)
        figure.savefig(drawn, format="png", dpi=_DPI)
    return _small(drawn)


def _small(picture: io.BytesIO) -> bytes:
    """Return a picture of few colours in a quarter of the bytes: pictures are kept in the repository."""
    small = io.BytesIO()
    with Image.open(picture) as image:
        image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(small, format="png", optimize=True)
    return small.getvalue()


def _draw(chart: Chart) -> Figure:
    match chart:
        case Lines():
            return draw_lines(chart)
        case Bars():
            return draw_bars(chart)


@contextmanager
def _styled(*, ink: str, faint: str) -> Iterator[None]:
    colours: _Style = dict.fromkeys(("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor"), ink)
    lines: _Style = dict.fromkeys(("axes.edgecolor", "xtick.color", "ytick.color", "grid.color"), faint)
    with mpl.rc_context(_STYLE | colours | lines):
        yield
