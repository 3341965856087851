"""How all plots look."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, SKY, GREY = "#0072b2", "#e69f00", "#009e73", "#56b4e9", "#8a8a8a"
STYLE: dict[Any, Any] = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "font.size": 9.5,
    "legend.frameon": False,
}


def new_figure(title: str, *, height: float = 3.6) -> tuple[Figure, Axes]:
    """Return a figure with axes under a title; `height` in inches."""
    figure = Figure(figsize=(7.6, height), layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, loc="left", fontweight="bold")
    return figure, axes


def share(part: float, whole: float) -> str:
    """Return a part in percent."""
    return f"{100 * part / whole:.1f} %" if whole else "0 %"
