"""The map anybody may see."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from questions.asked import Asked
from sinks.maps.cells import synthetic_shapes
from sinks.maps.public import PublicArea, read_areas
from sinks.maps.risk_map import FILLS, RISK_NAMES

KIND = re.compile("^(Huyện|Thị xã|Thành phố) ")


# %% [markdown]
# ## The risk map
#
# `public_map` is what the public may see: levels by Decision 2686, and counts of at least 10 people. The cells are
# synthetic; with real boundaries `scanstream map export --boundaries FILE` makes the same map (docs/maps.md).

# %%


def risk_map(asked: Asked) -> tuple[Figure, str]:
    """Draw communes by risk level, hatched where the number of people is hidden, and districts by theirs."""
    areas = read_areas(asked.client, day=asked.day, province=asked.province)
    of = {level: [area for area in areas if area.level == level] for level in ("COMMUNE", "DISTRICT")}
    hidden = [area for area in of["COMMUNE"] if area.people is None]
    figure = Figure(figsize=(11.5, 5.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    titles = {"COMMUNE": f"Communes, {asked.day}", "DISTRICT": "Districts, by the communes in them"}
    for axes, (level, title) in zip((left, right), titles.items(), strict=True):
        axes.set_title(title, loc="left", fontweight="bold")
        axes.set_aspect("equal")
        axes.set_axis_off()
        fills = [FILLS[area.risk_level] for area in of[level]]
        axes.add_collection(_cells(of[level], facecolors=fills, edgecolors="white", linewidths=0.8))
        axes.add_collection(_cells(of["DISTRICT"], facecolors="none", edgecolors="#333333", linewidths=1.6))
        axes.autoscale_view()
    left.add_collection(_cells(hidden, facecolors="none", edgecolors="#555555", linewidths=0, hatch="////"))
    _name(right, of["DISTRICT"])
    used = sorted({area.risk_level for level in of.values() for area in level})
    handles = [Patch(facecolor=FILLS[level], label=RISK_NAMES[level]) for level in used]
    handles.append(Patch(facecolor="white", edgecolor="#555555", hatch="////", label="number of people hidden"))
    figure.legend(handles=handles, loc="outside lower left", ncols=len(handles), title="synthetic cells, no boundaries")
    return figure, f"{len(of['COMMUNE'])} communes; of {len(hidden)} the number of people is hidden."


def _cells(areas: Sequence[PublicArea], **style: Any) -> PolyCollection:
    shapes = synthetic_shapes().polygons
    return PolyCollection([np.array(shapes[area.key][0][0]) for area in areas], **style)


def _name(axes: Axes, areas: Iterable[PublicArea]) -> None:
    for area in areas:
        ((west, south), _, (east, north), *_) = synthetic_shapes().polygons[area.key][0][0]
        middle, name = ((west + east) / 2, (south + north) / 2), KIND.sub(r"\1\n", area.name)
        axes.annotate(f"{name}\n{area.risk_level}", middle, ha="center", va="center", fontsize=6.5)
