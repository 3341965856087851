# %% [markdown]
# # A province's day, in questions and plots
#
# Worked examples for an analyst: each asks ClickHouse one thing, prints the answer and draws it. After `make run`,
# `scanstream up` serves what the demonstration left, and this draws it into `var/examples`:
#
#     .venv/bin/python docs/examples/province.py --province 42
#
# It is a notebook as well: `jupytext --to ipynb docs/examples/province.py`, or an editor that knows `# %%`.
# Every view it asks is documented: docs/visits.md, docs/reports.md, docs/queries.md, docs/maps.md.

# %%
"""Draw a province's day from ClickHouse; see the text above, and `--help`."""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect
import matplotlib as mpl
import numpy as np
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from schemas.admin_units import communes
from sinks.maps.cells import synthetic_shapes
from sinks.maps.public import PublicArea, read_areas
from sinks.maps.risk_map import FILLS, RISK_NAMES

VIETNAM = timezone(timedelta(hours=7))
BLUE, ORANGE, GREEN, SKY, GREY = "#0072b2", "#e69f00", "#009e73", "#56b4e9", "#8a8a8a"
FEEDS = {"venue": BLUE, "checkpoint": ORANGE, "vehicle": GREEN}
KIND = re.compile("^(Huyện|Thị xã|Thành phố) ")
STYLE: dict[Any, Any] = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "font.size": 9.5,
    "legend.frameon": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A province and a day in Vietnam; `client` speaks to the database of our tables."""

    client: Client
    province: int
    day: date

    @property
    def starts(self) -> datetime:
        """Return the day's first moment."""
        return datetime.combine(self.day, datetime.min.time(), VIETNAM)

    def rows(self, query: str) -> Sequence[Sequence[object]]:
        """Ask; `{day}` stands for the day, `{from}` and `{to}` for its bounds in UTC, `{logged}` for a day before."""
        one = timedelta(days=1)
        bounds = {"from": self.starts, "to": self.starts + one, "logged": self.starts - one}
        told = {name: f"'{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}'" for name, at in bounds.items()}
        return self.client.query(query.format(**told, day=f"'{self.day}'", province=self.province)).result_rows


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
    figure, axes = _figure(f"Scans by hour, {asked.day}")
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
    figure, axes = _figure(f"Scans and people by category of place, {asked.day}")
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
    figure, axes = _figure(f"People at places, {asked.day}")
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
    figure, axes = _figure(f"Registered places by district, {asked.day}")
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
        f"{sum(today):,} of {sum(places):,} registered places were scanned at ({_share(sum(today), sum(places))}); "
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
    return figure, f"{len(rows)} apps; {app} made {_share(scans, total)} of the scans; {declarations:,} declarations."


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


def trail(asked: Asked) -> tuple[Figure, str]:
    """Draw the visits of the person who was scanned most, paler where a time is assumed."""
    ((person,),) = asked.rows(BUSIEST)
    visits = asked.rows(TRAIL.replace("{person}", f"'{person}'"))
    places = list(dict.fromkeys(f"{category} {place}" for *_, place, category in visits))
    figure, axes = _figure(f"Visits of one person, {asked.day}", height=1.6 + 0.3 * len(places))
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
    figure, axes = _figure(f"Scans that had come so long after they were made, {asked.day}")
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


# %% [markdown]
# ## All of it

# %%
PLOTS: dict[str, Callable[[Asked], tuple[Figure, str]]] = {
    "scans-by-hour": scans_by_hour,
    "scans-by-category": scans_by_category,
    "people-present": present,
    "coverage": coverage,
    "apps": apps,
    "trail": trail,
    "delays": delays,
    "risk-map": risk_map,
}
LATEST = "SELECT toDate(max(event_time), 'Asia/Ho_Chi_Minh'), count() FROM scans_in_force WHERE province = {}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw everything; return 0, or 2 with a sentence about what is missing."""
    told = _parser().parse_args(arguments)
    try:
        client = _client(told.url, told.database)
        ((latest, scans),) = client.query(LATEST.format(told.province)).result_rows
    except (ClickHouseError, OSError) as problem:
        reason = str(problem).splitlines()[0][:200]
        return _fail(f"No tables of ours at {told.url} ({reason}); run `scanstream up` and try again.")
    if not scans:
        return _fail(f"No scans of province {told.province} are there; run `make run`, or choose another --province.")
    asked = Asked(client=client, province=told.province, day=told.day or latest)
    told.out.mkdir(parents=True, exist_ok=True)
    for name, plot in PLOTS.items():
        with mpl.rc_context(STYLE):
            figure, sentence = plot(asked)
            figure.savefig(told.out / f"{name}.png", dpi=120)
        sys.stdout.write(f"{name}: {sentence}\n")
    client.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    provinces = sorted({unit.province_code for unit in communes()})
    parser = argparse.ArgumentParser(description="Draw a province's day from ClickHouse.")
    parser.add_argument("--url", default="http://127.0.0.1:19123", help="ClickHouse's HTTP address")
    parser.add_argument("--database", default="scanstream")
    parser.add_argument("--province", type=int, default=42, choices=provinces, help="GSO code")
    parser.add_argument("--day", type=date.fromisoformat, help="like 2021-08-01  [default: that of the latest scan]")
    parser.add_argument("--out", type=Path, default=Path("var/examples"), help="directory of the pictures")
    return parser


def _client(url: str, database: str) -> Client:
    parts = urlsplit(url)
    client = clickhouse_connect.get_client(host=parts.hostname or "127.0.0.1", port=parts.port or 8123)
    client.database = database
    return client


def _fail(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2


def _figure(title: str, *, height: float = 3.6) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(7.6, height), layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, loc="left", fontweight="bold")
    return figure, axes


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "0 %"


if __name__ == "__main__":
    sys.exit(main())
