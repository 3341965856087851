# %% [markdown]
# # A province's day, in questions and plots
#
# Worked examples for an analyst: each asks ClickHouse one thing, prints the answer and draws it. After `make run`,
# `scanstream up` serves what the demonstration left, and this draws it into `var/examples`:
#
#     .venv/bin/python docs/examples/province.py --province 42
#
# The questions are in the folder `questions`, each with a text, the query and its plot, in cells (`# %%`) for an editor
# that knows them.
# Every view they ask is documented: docs/visits.md, docs/reports.md, docs/queries.md, docs/maps.md.

# %%
"""Draw a province's day from ClickHouse; see the text above, and `--help`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import clickhouse_connect
import matplotlib as mpl
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from matplotlib.figure import Figure
from questions.activity import present, scans_by_category, scans_by_hour
from questions.asked import Asked
from questions.lateness import delays
from questions.risk import risk_map
from questions.style import STYLE
from questions.tracing import contacts, trail
from questions.use import apps, coverage

from schemas.admin_units import communes

PLOTS: dict[str, Callable[[Asked], tuple[Figure, str]]] = {
    "scans-by-hour": scans_by_hour,
    "scans-by-category": scans_by_category,
    "people-present": present,
    "coverage": coverage,
    "apps": apps,
    "trail": trail,
    "contacts": contacts,
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


if __name__ == "__main__":
    sys.exit(main())
