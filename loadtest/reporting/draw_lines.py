"""Draw a plot of lines: panels above each other that share the x axis."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from loadtest.reporting.chart import Lines, Mark, Panel, Scale, Series
from loadtest.reporting.colours import GREY, colours_of

_WIDTH, _FIRST_HEIGHT, _HEIGHT = 6.6, 2.9, 1.7
_WORDS_ROOM = 0.13  # for a line of words above the lines
_RIGHT = 1.02  # a point at the edge is whole
_PERCENTILES = (0.0, 50.0, 90.0, 99.0, 99.9, 99.99)
#: In letters: of longer ones four do not fit beside each other.
_LONG_LABEL = 13


def draw_lines(chart: Lines) -> Figure:
    """Return the drawn figure."""
    count = len(chart.panels)
    heights = [1.35 if place == 0 and count > 1 else 1.0 for place in range(count)]
    size = (_WIDTH, _FIRST_HEIGHT + _HEIGHT * (count - 1))
    figure = Figure(figsize=size, layout="constrained")
    rows = figure.subplots(count, 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
    colours = colours_of([series.key for panel in chart.panels for series in panel.series])
    for axes, panel in zip(rows, chart.panels, strict=True):
        _panel(axes, panel, colours)
    rows[-1].set_xlabel(chart.x_label)
    _x_axis(rows[-1], chart)
    for axes in rows:
        _marks(axes, chart.marks)
    _words(rows[0], chart.marks, top=count > 1)
    figure.align_ylabels()
    return figure


def _panel(axes: Axes, panel: Panel, colours: dict[str, str]) -> None:
    named: set[str] = set()
    for series in panel.series:
        _series(axes, series, colours[series.key], label="_again" if series.label in named else series.label)
        named.add(series.label)
    axes.set_ylabel(panel.y_label)
    axes.grid(visible=True, linewidth=0.6)
    _y_axis(axes, panel)
    if len(panel.series) > 1:
        columns = 3 if any(len(series.label) > _LONG_LABEL for series in panel.series) else 4
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=columns, borderaxespad=0.2)


def _series(axes: Axes, series: Series, colour: str, *, label: str) -> None:
    """Draw one line; a label that begins with an underscore stays out of the legend."""
    if series.low is not None and series.high is not None:
        axes.fill_between(series.x, series.low, series.high, color=colour, alpha=0.22, linewidth=0)
    dashes = (0, (4, 2)) if series.dashed else "-"
    axes.plot(series.x, series.y, label=label, color=colour, linestyle=dashes, linewidth=1.4)
    if series.points:
        hollow = series.hollow if series.hollow is not None else np.zeros(len(series.x), np.bool_)
        axes.scatter(series.x[~hollow], series.y[~hollow], s=26, color=colour, zorder=3)
        axes.scatter(series.x[hollow], series.y[hollow], s=26, facecolors="none", edgecolors=colour, zorder=3)


def _marks(axes: Axes, marks: Sequence[Mark]) -> None:
    for mark in marks:
        if mark.end > mark.start:
            axes.axvspan(mark.start, mark.end, color=GREY, alpha=0.22, linewidth=0)
        else:
            axes.axvline(mark.start, color=GREY, linewidth=1, linestyle=(0, (2, 2)))


def _words(axes: Axes, marks: Sequence[Mark], *, top: bool) -> None:
    """Write what marks are above or below the lines, towards the middle, neighbours at different heights."""
    left, right = axes.get_xlim()
    if top and marks:
        axes.set_ylim(top=axes.get_ylim()[1] * (1 + _WORDS_ROOM * min(3, len(marks))))
    for number, mark in enumerate(marks):
        beyond = mark.start > (left + right) / 2
        height = 0.04 + 0.11 * (number % 3)
        place = (mark.start if beyond else mark.end, 0.9 - height if top else height)
        axes.annotate(
            f" {mark.label} ", place, xycoords=("data", "axes fraction"), ha="right" if beyond else "left", fontsize=8.5
        )


def _x_axis(axes: Axes, chart: Lines) -> None:
    if chart.x_scale == "percentile":
        axes.set_xscale("log")
        axes.set_xlim(1, 10_000)
        axes.set_xticks([1 / (1 - p / 100) for p in _PERCENTILES], [f"p{p:g}" for p in _PERCENTILES])
        axes.xaxis.set_minor_locator(NullLocator())
        return
    axes.xaxis.set_major_formatter(FuncFormatter(_short))
    highest = max(float(series.x.max()) for panel in chart.panels for series in panel.series)
    axes.set_xlim(0, highest * _RIGHT)


def _y_axis(axes: Axes, panel: Panel) -> None:
    axes.yaxis.set_major_formatter(FuncFormatter(_short))
    if _log(panel.y_scale, panel.series):
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(_short))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.set_ylim(bottom=0)


def _log(scale: Scale, series: Sequence[Series]) -> bool:
    """A logarithmic axis needs values above 0."""
    return scale == "log" and not any((each.y <= 0).any() for each in series)


def _short(value: float, _position: int | None = None) -> str:
    """Return a tick's text: 1,500 stays, 150000 becomes 150k."""
    if abs(value) >= 1e6:
        return f"{value / 1e6:,.3g}M"
    if abs(value) >= 1e4:
        return f"{value / 1e3:,.4g}k"
    return f"{value:,.4g}"
