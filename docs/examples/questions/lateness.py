"""How late scans come."""

import numpy as np
from matplotlib.figure import Figure

from questions.asked import Asked
from questions.style import BLUE, GREY, new_figure

# %% [markdown]
# ## How late do scans come?
#
# Devices without a connection send later. What is late is counted on its own day, so yesterday's figures still grow.

# %%
DELAYS = """
SELECT quantilesExact({levels})(greatest(1, dateDiff('millisecond', event_time, logged_at)) / 1000)
FROM scans_in_force
WHERE province = {province} AND event_time >= {from} AND event_time < {to} AND logged_at >= {logged}
"""
PERCENTS = np.arange(1, 100)
LIMITS_SECONDS = {"10 min: late": 600, "72 h: very late": 72 * 3600}


def delays(asked: Asked) -> tuple[Figure, str]:
    """Draw how many scans had come how long after they were made."""
    levels = ", ".join(f"{percent / 100:.2f}" for percent in PERCENTS)
    ((seconds,),) = asked.rows(DELAYS.replace("{levels}", levels))
    figure, axes = new_figure(f"Scans that had come so long after they were made, {asked.day}")
    taken = np.array(seconds, dtype=np.float64)
    axes.step(taken, PERCENTS, where="post", color=BLUE)
    axes.set_xscale("log")
    axes.set_ylim(0, 100)
    axes.set_xlabel("seconds after the scan (corrected time of the device, to the broker's)")
    axes.set_ylabel("percent of scans")
    for name, limit in LIMITS_SECONDS.items():
        axes.axvline(limit, color=GREY, linewidth=1, linestyle="--")
        axes.annotate(name, (limit, 4), xytext=(-3, 0), textcoords="offset points", rotation=90, ha="right", color=GREY)
    half, ninety, most = (taken[percent - 1] for percent in (50, 90, 99))
    return figure, f"Half of the scans came within {half:.1f} s, 90 % within {ninety:.1f} s, 99 % within {most:.1f} s."
