"""Write a report's files."""

import os
from collections.abc import Sequence
from pathlib import Path

from loadtest.reporting.chart import Chart
from loadtest.reporting.content import Content
from loadtest.reporting.markdown import markdown_of, shown_in_markdown
from loadtest.reporting.page import page_of, raw_from
from loadtest.reporting.plots import png_of


def write_page(content: Content, page: Path, *, directory: Path) -> None:
    """Write the HTML file; its links lead to the run's directory."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(page_of(content, raw=raw_from(page, directory)), "utf-8")


def write_pictures(content: Content, directory: Path) -> list[Path]:
    """Write every plot as PNG and return the files."""
    return _draw(content.charts, directory)


def write_markdown(content: Content, text: Path, *, pictures: Path) -> list[Path]:
    """Write the Markdown file, and the plots it shows as PNG to that directory; return the plots' files."""
    text.parent.mkdir(parents=True, exist_ok=True)
    relative = Path(os.path.relpath(pictures.resolve(), text.resolve().parent)).as_posix()
    text.write_text(markdown_of(content, pictures=f"{relative}/"), "utf-8")
    return _draw(shown_in_markdown(content), pictures)


def _draw(charts: Sequence[Chart], directory: Path) -> list[Path]:
    directory.mkdir(parents=True, exist_ok=True)
    files = {directory / f"{chart.name}.png": chart for chart in charts}
    for file, chart in files.items():
        file.write_bytes(png_of(chart))
    return list(files)
