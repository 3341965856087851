"""The report as Markdown for the repository, with links to pictures."""

from collections.abc import Sequence

from loadtest.reporting.chart import Chart
from loadtest.reporting.content import Content, Part, Section
from loadtest.reporting.tables import Table

_COMMAND = "scanstream loadtest report DIR... --markdown docs/benchmarks.md"

_ABOUT_SUMMARY = (
    "Medians of the repeats, lowest and highest in brackets. CPU is worker, sink, ClickHouse and gateway together; "
    "generator and broker are apart. An offered rate, a sustained one and a drain of what lay ready are three "
    "different figures."
)


def markdown_of(content: Content, *, pictures: str) -> str:
    """Return the text; `pictures` is where the PNG files are, as seen from the text's directory."""
    blocks = [
        "# Benchmarks",
        f"Written by `{_COMMAND}` from the directories of runs; do not edit. {_sentence(content)}",
        *([f"**{content.warning}**"] if content.warning else []),
        _table(content.summary),
        _ABOUT_SUMMARY,
        *(_picture(chart, pictures) for chart in content.overview),
        *(block for section in content.sections for block in _section(section, pictures)),
        "## Scenarios",
        *(block for part in content.parts for block in _part(part, pictures)),
        "## Method",
        *content.method,
        "## Machine and versions",
        _table(content.machine),
    ]
    return "\n\n".join(blocks) + "\n"


def shown_in_markdown(content: Content) -> list[Chart]:
    """Return the charts the text shows: all but the scenarios' distributions of latency, which the page has."""
    of_sections = [chart for section in content.sections for chart in section.charts]
    return [*content.overview, *of_sections, *(chart for part in content.parts for chart in _over_time(part))]


def _over_time(part: Part) -> list[Chart]:
    return [chart for chart in part.charts if chart.name.endswith("-time")]


def _sentence(content: Content) -> str:
    return f"{content.title}: {', '.join(content.facts)}."


def _section(section: Section, pictures: str) -> list[str]:
    drawn = [_picture(chart, pictures) for chart in section.charts]
    return [f"## {section.title}", *drawn, *map(_table, section.tables), *map(_cell, section.notes)]


def _part(part: Part, pictures: str) -> list[str]:
    reasons = "\n".join(f"- {_cell(reason)}" for reason in part.verdict.reasons)
    over_time = [_picture(chart, pictures) for chart in _over_time(part)]
    about = [_cell(part.about)] if part.about else []
    return [f"### {part.name}: {part.verdict.word}", *about, *([reasons] if reasons else []), *over_time]


def _picture(chart: Chart, pictures: str) -> str:
    return f"![{chart.title}]({pictures}{chart.name}.png)"


def _table(table: Table) -> str:
    sides = [":--" if place < table.left else "--:" for place in range(len(table.head))]
    return "\n".join(map(_row, [table.head, sides, *table.rows]))


def _row(words: Sequence[str]) -> str:
    return f"| {' | '.join(map(_cell, words))} |"


def _cell(text: str) -> str:
    """Return text that is no markup of its own, on one line."""
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())
