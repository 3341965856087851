"""Where somebody was, and whom they met."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from questions.asked import Asked
from questions.style import BLUE, SKY, new_figure

#: Rows of the plot that are still read.
_MOST_PLACES = 15


# %% [markdown]
# ## Where was somebody?
#
# `trace_points` tells the visits of a person under all linked pseudonyms, as tracing needs them of a case. Here
# it is whoever was scanned most; a case's pseudonym is in `cases`.

# %%
BUSIEST = """
SELECT hex(subject)
FROM scans_in_force
WHERE province = {province} AND event_time >= {from} AND event_time < {to} AND logged_at >= {logged}
GROUP BY subject ORDER BY count() DESC, subject LIMIT 1
"""
TRAIL = """
SELECT
    toUnixTimestamp64Milli(start) / 1000 AS start, toUnixTimestamp64Milli(end) / 1000 AS end,
    start_imputed OR end_imputed AS is_imputed, place_id, toString(category) AS category
FROM trace_points(person = {person}, from = {from}, to = {to})
ORDER BY start, end
"""


def _busiest(asked: Asked) -> str:
    ((person,),) = asked.rows(BUSIEST)
    return f"'{person}'"


def trail(asked: Asked) -> tuple[Figure, str]:
    """Draw the visits of the person who was scanned most, paler where a time is assumed."""
    visits = asked.rows(TRAIL.replace("{person}", _busiest(asked)))
    places = list(dict.fromkeys(f"{category} {place}" for *_, place, category in visits))
    figure, axes = new_figure(f"Visits of one person, {asked.day}", height=1.6 + 0.3 * len(places))
    for start, end, is_imputed, place, category in visits:
        at, until = ((float(str(time)) - asked.starts.timestamp()) / 3600 for time in (start, end))
        row, colour = places.index(f"{category} {place}"), SKY if is_imputed else BLUE
        axes.barh(row, until - at, left=at, height=0.55, color=colour, edgecolor="white", linewidth=0.5)
        if at == until:  # at a checkpoint
            axes.plot([at], [row], marker="|", markersize=9, color=colour)
    axes.set_yticks(range(len(places)), places)
    axes.invert_yaxis()
    axes.set_xlim(0, 24)
    axes.set_xticks(range(0, 25, 3))
    axes.set_xlabel("hour in Vietnam")
    figure.legend(
        handles=[Patch(color=BLUE, label="seen"), Patch(color=SKY, label="start or end assumed")],
        loc="outside lower left",
        ncols=2,
    )
    assumed = sum(bool(is_imputed) for _, _, is_imputed, *_ in visits)
    return figure, f"{len(visits)} visits at {len(places)} places; of {assumed} the start or end is assumed."


# %% [markdown]
# ## Whom did they meet?
#
# `co_presence` tells who was at the same place at the same time, or up to half an hour after (`linger`). In class A
# both were there at least 15 minutes by scans in and out; in B a time is assumed; in C they met for less, or came just
# after. All of them are candidates: somebody who traces decides. A contact met at several places is counted at each.

# %%
MET = """
SELECT place, class, uniqExact(subject) AS contacts, max(overlap_minutes) AS longest
FROM
(
    SELECT concat(toString(category), ' ', toString(place_id)) AS place, class, subject, overlap_minutes
    FROM co_presence(person = {person}, from = {from}, to = {to}, min_overlap = 15, linger = 30)
)
GROUP BY place, class ORDER BY place, class
"""
CONTACTS = """
SELECT uniqExact(subject)
FROM co_presence(person = {person}, from = {from}, to = {to}, min_overlap = 15, linger = 30)
"""
CLASSES = {
    "A": (BLUE, "A: 15 minutes, both seen"),
    "B": (SKY, "B: 15 minutes, a time assumed"),
    "C": ("#d0d0d0", "C: less, or just after"),
}


def contacts(asked: Asked) -> tuple[Figure, str]:
    """Draw how many people the person who was scanned most may have met, by place and class."""
    person = _busiest(asked)
    counted: dict[str, dict[str, int]] = {}
    longest = 0.0
    for place, kind, count, minutes in asked.rows(MET.replace("{person}", person)):
        counted.setdefault(str(place), {})[str(kind)] = int(str(count))
        longest = max(longest, float(str(minutes)))
    ((people,),) = asked.rows(CONTACTS.replace("{person}", person))
    places = sorted(counted, key=lambda place: -sum(counted[place].values()))[:_MOST_PLACES]
    figure, axes = new_figure(f"Whom one person may have met, {asked.day}", height=1.9 + 0.3 * len(places))
    before = np.zeros(len(places))
    for kind, (colour, label) in CLASSES.items():
        counts = np.array([counted[place].get(kind, 0) for place in places], dtype=float)
        axes.barh(places, counts, left=before, color=colour, label=label)
        before += counts
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("people at the same place")
    figure.legend(loc="outside lower left", ncols=3)
    return (
        figure,
        f"{int(str(people)):,} people at {len(counted)} places; the longest together was {longest:.0f} minutes.",
    )
