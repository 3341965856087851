"""Which places and apps are used."""

from matplotlib.figure import Figure

from questions.asked import Asked
from questions.style import BLUE, GREEN, ORANGE, SKY, new_figure, share

# %% [markdown]
# ## Which registered places are used?
#
# Registered is not used: in Hanoi one place in nine had a scan a day. `venue_coverage` counts by category, department
# and district; `zero_scan_communes` names communes where nobody was scanned anywhere.

# %%
COVERAGE = """
SELECT any(district_name) AS name, sum(active_today) AS today, sum(active_week) AS week, sum(registered) AS places
FROM venue_coverage(day = {day})
INNER JOIN (SELECT DISTINCT district, district_name FROM admin_units) AS names USING (district)
WHERE province = {province}
GROUP BY district ORDER BY places DESC, district
"""
SILENT = "SELECT count() FROM zero_scan_communes(day = {day}) WHERE province = {province}"


def coverage(asked: Asked) -> tuple[Figure, str]:
    """Draw registered places by district, and how many of them were scanned at."""
    rows = asked.rows(COVERAGE)
    figure, axes = new_figure(f"Registered places by district, {asked.day}")
    names = [str(name) for name, *_ in rows]
    today, week, places = ([int(str(row[column])) for row in rows] for column in (1, 2, 3))
    for counts, colour, label in (
        (places, "#d0d0d0", "registered"),
        (week, SKY, "scanned at in seven days"),
        (today, GREEN, "scanned at that day"),
    ):
        axes.barh(names, counts, color=colour, label=label)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("places")
    figure.legend(loc="outside lower left", ncols=3)
    ((silent,),) = asked.rows(SILENT)
    return figure, (
        f"{sum(today):,} of {sum(places):,} registered places were scanned at ({share(sum(today), sum(places))}); "
        f"in {silent} communes with places none was."
    )


# %% [markdown]
# ## Which apps do people use?
#
# `app_usage` answers the order of Gia Lai: scans and declarations by app; `district = 0` is the whole province.

# %%
APPS = """
SELECT source_app, sum(scans) AS scans, sum(declarations) AS declarations
FROM app_usage(from = {from}, to = {to})
WHERE province = {province} AND district = 0
GROUP BY source_app ORDER BY scans DESC, source_app
"""


def apps(asked: Asked) -> tuple[Figure, str]:
    """Draw scans and declarations by app."""
    rows = [(str(app), int(str(scans)), int(str(declared))) for app, scans, declared in asked.rows(APPS)]
    figure = Figure(figsize=(7.6, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, column, colour, label in ((left, 1, BLUE, "scans"), (right, 2, ORANGE, "declarations")):
        counts = [int(row[column]) for row in rows]
        axes.barh([app for app, *_ in rows], counts, color=colour)
        axes.set_xlim(0, 1.05 * max(1, *counts))
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(label)
    left.invert_yaxis()
    figure.suptitle(f"Scans and declarations by app, {asked.day}", x=0.01, ha="left", fontweight="bold")
    total, declarations = sum(scans for _, scans, _ in rows), sum(declared for *_, declared in rows)
    app, scans, _ = rows[0]
    return figure, f"{len(rows)} apps; {app} made {share(scans, total)} of the scans; {declarations:,} declarations."
