"""How much is scanned, of whom, and how many are inside."""

from datetime import datetime

import numpy as np
from matplotlib.figure import Figure

from questions.asked import Asked
from questions.style import BLUE, GREEN, ORANGE, SKY, new_figure
from schemas.zone import VIETNAM

FEEDS = {"venue": BLUE, "checkpoint": ORANGE, "vehicle": GREEN}


# %% [markdown]
# ## When do people scan?
#
# `scans_in_force` holds the scans that count: no re-scans, none that was withdrawn. A condition on `logged_at` spares
# the question older weeks: no scan is logged long before it happens.

# %%
BY_HOUR = """
SELECT toHour(event_time, 'Asia/Ho_Chi_Minh') AS hour, toString(feed) AS feed, count() AS scans
FROM scans_in_force
WHERE province = {province} AND event_time >= {from} AND event_time < {to} AND logged_at >= {logged}
GROUP BY hour, feed
"""


def scans_by_hour(asked: Asked) -> tuple[Figure, str]:
    """Draw scans by hour and feed."""
    scans = {feed: np.zeros(24) for feed in FEEDS}
    for hour, feed, count in asked.rows(BY_HOUR):
        scans[str(feed)][int(str(hour))] = int(str(count))
    figure, axes = new_figure(f"Scans by hour, {asked.day}")
    below = np.zeros(24)
    for feed, colour in FEEDS.items():
        axes.bar(np.arange(24), scans[feed], bottom=below, color=colour, label=feed, width=0.85)
        below += scans[feed]
    axes.set_xlabel("hour in Vietnam")
    axes.set_ylabel("scans")
    axes.set_xlim(-0.6, 23.6)
    axes.set_xticks(range(0, 24, 3))
    axes.legend()
    busiest = int(below.argmax())
    return figure, f"{below.sum():,.0f} scans; the busiest hour was {busiest:02}:00 with {below[busiest]:,.0f}."


# %% [markdown]
# ## Where, and how many people?
#
# One person scans several times, so `uniqExact(subject)` is less than the number of scans.

# %%
BY_CATEGORY = """
SELECT toString(category) AS category, count() AS scans, uniqExact(subject) AS people
FROM scans_in_force
WHERE province = {province} AND event_time >= {from} AND event_time < {to} AND logged_at >= {logged}
GROUP BY category ORDER BY scans DESC, category LIMIT 12
"""


def scans_by_category(asked: Asked) -> tuple[Figure, str]:
    """Draw scans and people of the twelve categories with most scans."""
    rows = [(str(name), int(str(scans)), int(str(people))) for name, scans, people in asked.rows(BY_CATEGORY)]
    figure, axes = new_figure(f"Scans and people by category of place, {asked.day}")
    at = np.arange(len(rows))
    axes.barh(at - 0.2, [scans for _, scans, _ in rows], height=0.4, color=BLUE, label="scans")
    axes.barh(at + 0.2, [people for _, _, people in rows], height=0.4, color=SKY, label="people")
    axes.set_yticks(at, [name for name, _, _ in rows])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.legend(loc="lower right")
    told = f"most at {rows[0][0]}: {rows[0][1]:,} scans of {rows[0][2]:,} people" if rows else "no scans"
    return figure, f"Of all categories, {told}."


# %% [markdown]
# ## How many are inside?
#
# `visits` pairs ways in and out and assumes what nobody scanned (docs/visits.md). Counting +1 at each start and -1 at
# each end gives how many are present.

# %%
PRESENT = """
SELECT toUnixTimestamp(at) AS at, sum(change) AS change
FROM
(
    SELECT
        arrayJoin([(greatest(start, toDateTime64({from}, 3, 'UTC')), 1), (end, -1)]) AS step,
        step.1 AS at, step.2 AS change
    FROM visits(from = {from}, to = {to})
    WHERE province = {province} AND end > start
)
GROUP BY at ORDER BY at
"""


def present(asked: Asked) -> tuple[Figure, str]:
    """Draw how many people are at places of the province through the day."""
    rows = [(int(str(at)), int(str(change))) for at, change in asked.rows(PRESENT)]
    hours = np.array([at - asked.starts.timestamp() for at, _ in rows]) / 3600
    inside = np.cumsum([change for _, change in rows]) if rows else np.zeros(0)
    figure, axes = new_figure(f"People at places, {asked.day}")
    axes.fill_between(hours, inside, step="post", color=BLUE, alpha=0.35, linewidth=0)
    axes.step(hours, inside, where="post", color=BLUE, linewidth=1)
    axes.set_xlim(0, 24)
    axes.set_xticks(range(0, 25, 3))
    axes.set_ylim(bottom=0)
    axes.set_xlabel("hour in Vietnam")
    axes.set_ylabel("people present")
    if not rows:
        return figure, "Nobody stayed anywhere."
    peak = int(inside.argmax())
    when = datetime.fromtimestamp(rows[peak][0], VIETNAM)
    return figure, f"Most were present at {when:%H:%M}: {inside[peak]:,.0f}."
