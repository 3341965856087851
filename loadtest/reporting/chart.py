"""What a plot shows, as data: no colours, no library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Scale = Literal["linear", "log", "percentile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A line, or points where `points` says so. `low` and `high` are the band of all repeats around it.

    `key` chooses the colour, the same in every plot; `hollow` marks the points that did not meet their condition.
    """

    label: str
    key: str
    x: Floats
    y: Floats
    low: Floats | None = None
    high: Floats | None = None
    dashed: bool = False
    points: bool = False
    hollow: npt.NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One pair of axes. All panels of a plot share the x axis."""

    y_label: str
    series: Sequence[Series]
    y_scale: Scale = "linear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment or a span on the x axis, with words."""

    start: float
    end: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A plot of lines: panels above each other."""

    name: str
    title: str
    x_label: str
    panels: Sequence[Panel]
    x_scale: Scale = "linear"
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BarPanel:
    """Bars beside each other in a column: one for each row, of parts behind each other.

    `parts` maps a key (its colour) to a length for each row; `low` and `high` are the whiskers of the whole bars;
    `notes` stand at the bars' ends. `apart` are the keys that are shown paler, because they are not in the sum. Bars
    longer than `limit` are cut there.
    """

    x_label: str
    parts: Mapping[str, Sequence[float]]
    notes: Sequence[str]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    apart: frozenset[str] = frozenset()
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A plot of horizontal bars: the same rows in each panel. `doubtful` rows are hatched; `doubt` tells why."""

    name: str
    title: str
    rows: Sequence[str]
    panels: Sequence[BarPanel]
    doubtful: frozenset[str] = frozenset()
    doubt: str = ""


Chart = Lines | Bars
