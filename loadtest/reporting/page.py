"""The report as one HTML file that needs nothing beside it."""

import os
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from loadtest.reporting.chart import Chart
from loadtest.reporting.content import Content
from loadtest.reporting.plots import svg_of


def page_of(content: Content, *, raw: str) -> str:
    """Return the page. Links to raw files begin with `raw`, the run's directory as seen from the page's."""
    templates = Environment(
        loader=PackageLoader("loadtest.reporting"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return templates.get_template("report.html.j2").render(content=content, raw=raw, draw=_draw)


def raw_from(page: Path, directory: Path) -> str:
    """Return the run's directory relative to the page's, with a slash at its end; empty where they are the same."""
    relative = Path(os.path.relpath(directory.resolve(), page.resolve().parent)).as_posix()
    return "" if relative == "." else f"{relative}/"


def _draw(chart: Chart) -> Markup:
    return Markup(svg_of(chart))  # noqa: S704 -- matplotlib has escaped every text in it
