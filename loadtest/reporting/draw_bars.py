"""Draw a plot of horizontal bars: rows downwards, panels beside each other."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from loadtest.reporting.chart import BarPanel, Bars, Floats
from loadtest.reporting.colours import GREY, colours_of

_WIDTH, _ROW_HEIGHT, _REST = 6.6, 0.32, 1.0
#: Room for the words at the longest bar, in panels as wide as the plot.
_NOTE_ROOM = 0.22
_NAMES = {"ours": "scanstream", "peer": "others"}
_PALE = 0.4


def draw_bars(chart: Bars) -> Figure:
    """Return the drawn figure; the first row is on top."""
    figure = Figure(figsize=(_WIDTH, _REST + _ROW_HEIGHT * len(chart.rows)), layout="constrained")
    columns = figure.subplots(1, len(chart.panels), sharey=True, squeeze=False)[0]
    keys = list(dict.fromkeys(key for panel in chart.panels for key in panel.parts))
    colours = colours_of(keys)
    for axes, panel in zip(columns, chart.panels, strict=True):
        _panel(axes, chart, panel, colours)
    columns[0].set_yticks(np.arange(len(chart.rows)), chart.rows)
    columns[0].set_ylim(len(chart.rows) - 0.4, -0.6)
    if handles := _legend(chart, keys, colours):
        figure.legend(handles=handles, loc="outside lower left", ncols=len(handles))
    return figure


def _panel(axes: Axes, chart: Bars, panel: BarPanel, colours: dict[str, str]) -> None:
    rows, left = np.arange(len(chart.rows)), np.zeros(len(chart.rows))
    hatches = ["////" if row in chart.doubtful else "" for row in chart.rows]
    for key, lengths in panel.parts.items():
        pale = _PALE if key in panel.apart else 1.0
        shown = _cut(lengths, left, panel.limit)
        drawn = axes.barh(rows, shown, left=left, height=0.64, color=colours[key], alpha=pale)
        for bar, hatch in zip(drawn, hatches, strict=True):
            bar.set_hatch(hatch)
            bar.set_edgecolor((1, 1, 1, 0.75) if hatch else "none")
        left += np.array(lengths)
    ends = left
    if len(panel.low):
        around = np.array([left - np.array(panel.low), np.array(panel.high) - left]).clip(min=0)
        several = around.any(axis=0)
        ink = mpl.rcParams["text.color"]
        at, whiskers = left[several], around[:, several]
        axes.errorbar(at, rows[several], xerr=whiskers, fmt="none", ecolor=ink, elinewidth=1.2, capsize=2.5)
        ends = left + around[1]
    limit = float(ends.max()) if panel.limit is None else min(panel.limit, float(ends.max()))
    for row, (end, note) in enumerate(zip(ends, panel.notes, strict=True)):
        place, words = (min(end, limit), row), f"» {note}" if end > limit else note
        axes.annotate(words, place, xytext=(4, 0), textcoords="offset points", va="center", fontsize=8.5)
    axes.set_xlabel(panel.x_label)
    axes.set_xlim(0, max(limit, 1e-9) * (1 + _NOTE_ROOM * len(chart.panels)))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.grid(visible=True, axis="x", linewidth=0.6)
    axes.tick_params(axis="y", length=0)


def _cut(lengths: Sequence[float], left: Floats, limit: float | None) -> Floats:
    """Return how much of each part is shown, which begins at `left`."""
    shown = np.array(lengths, np.float64)
    return shown if limit is None else np.clip(shown, 0.0, np.maximum(0.0, limit - left))


def _legend(chart: Bars, keys: list[str], colours: dict[str, str]) -> list[Patch]:
    """Return what the colours mean, where there is more than one, and what the hatching means, where there is some."""
    apart = frozenset().union(*(panel.apart for panel in chart.panels))
    handles = [
        Patch(color=colours[key], alpha=_PALE if key in apart else 1.0, label=_NAMES.get(key, key)) for key in keys
    ]
    if chart.doubtful:
        handles.append(Patch(facecolor=GREY, edgecolor=(1, 1, 1, 0.75), hatch="////", label=chart.doubt))
    return handles if len(handles) > 1 else []
