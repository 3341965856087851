"""The report's files as their readers get them: one page that needs nothing beside it, Markdown, pictures."""

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from loadtest.reporting.content import Content, content_of
from loadtest.reporting.markdown import markdown_of
from loadtest.reporting.page import page_of, raw_from
from loadtest.reporting.read import read_load_test
from loadtest.reporting.write import write_markdown, write_page, write_pictures
from tests.loadtest.reporting.run_directory import write_run

_VOID = {"meta", "link", "img", "br", "hr", "input"}


@dataclass
class Page(HTMLParser):
    """Everything in a page: attributes by name, texts, identities; `open` must be empty at its end."""

    open: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += f" {data.strip()}"

    def values(self, name: str) -> list[str]:
        return [value for of, value in self.attributes if of == name]


@pytest.fixture(scope="module", name="run")
def _run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("run"), seconds=12)


@pytest.fixture(scope="module", name="whole")
def _whole(run: Path) -> tuple[str, Page]:
    """Return the page of a whole run, which stands in its directory."""
    write_page(content_of(read_load_test(run)), run / "report.html", directory=run)
    return _parsed((run / "report.html").read_text("utf-8"))


@pytest.fixture(scope="module", name="partial")
def _partial(tmp_path_factory: pytest.TempPathFactory) -> Content:
    run = write_run(tmp_path_factory.mktemp("partial"), status="interrupted", seconds=12)
    return content_of(read_load_test(run))


def _parsed(text: str) -> tuple[str, Page]:
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    return text, page


def test_the_page_needs_nothing_from_elsewhere(whole: tuple[str, Page]) -> None:
    text, page = whole
    assert not re.search(r"https?:|//[a-z]|@import|url\((?!#)", text)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert page.values("src") == []


def test_links_lead_to_raw_files_that_are_there_or_into_the_page(whole: tuple[str, Page], run: Path) -> None:
    _, page = whole
    identities = set(page.values("id"))
    links = page.values("href")
    assert {"steady/1/samples.csv", "steady/1/latency.csv", "sustainable/search.json", "run.json"} <= set(links)
    for link in links:
        assert link.removeprefix("#") in identities if link.startswith("#") else (run / link).is_file(), link


def test_identities_of_several_plots_do_not_meet(whole: tuple[str, Page]) -> None:
    _, page = whole
    identities = page.values("id")
    assert len(identities) == len(set(identities))
    assert set(re.findall(r"url\(#([^)]+)\)", " ".join(value for _, value in page.attributes))) <= set(identities)


def test_the_page_carries_every_verdict_and_its_reasons(whole: tuple[str, Page]) -> None:
    _, page = whole
    for words in ("steady passed", "sustainable unchecked", "broker-restart passed", "control failed"):
        assert words in re.sub(r"\s+", " ", page.text)
    assert "repeat 1: 1 row is lost: venue partition 2 offset 77" in page.text
    assert "repeats missing: 2 of 3" in page.text


def test_the_page_says_how_and_on_what_it_was_measured(whole: tuple[str, Page]) -> None:
    _, page = whole
    told = ("Some <Processor>, 2 cores", "seed 7", "71.1 bytes an event", "commit 0123456789", "5.00 s")
    for words in (*told, "no coordinated omission"):
        assert words in page.text


def test_every_plot_is_drawn_with_its_axes_and_the_pages_colours(whole: tuple[str, Page]) -> None:
    text, page = whole
    labels = page.values("aria-label")
    assert page.tags.count("svg") == len(labels) == 13
    assert {"Load against latency", "CPU by process", "The same work done by others"} <= set(labels)
    for words in ("events/s", "lag, events", "p99.99", "percentile", "offered load, events/s", "broker restart"):
        assert words in page.text
    assert "var(--faint)" in text
    assert "currentColor" in text


def test_a_partial_run_says_so_and_shows_what_is_missing(partial: Content) -> None:
    short = replace(partial, overview=[], parts=[replace(part, charts=[]) for part in partial.parts])
    _, page = _parsed(page_of(short, raw=""))
    assert "This run was interrupted. Repeats that came to an end: 5 of 12." in page.text
    assert "control not run" in re.sub(r"\s+", " ", page.text)
    assert "Peers" not in page.text


def test_a_page_elsewhere_links_to_the_runs_directory(tmp_path: Path) -> None:
    assert raw_from(tmp_path / "docs" / "page.html", tmp_path / "var" / "run") == "../var/run/"
    assert raw_from(tmp_path / "page.html", tmp_path) == ""


def test_markdown_has_tables_that_line_up_and_links_to_its_pictures(partial: Content, tmp_path: Path) -> None:
    text = tmp_path / "docs" / "benchmarks.md"
    few = replace(partial, overview=partial.overview[:1], sections=[], parts=partial.parts[:1])
    written = write_markdown(few, text, pictures=tmp_path / "docs" / "benchmarks")
    shown = text.read_text("utf-8")
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", shown)
    assert pictures == ["benchmarks/sustainable-knee.png", "benchmarks/steady-time.png"]
    assert all((text.parent / picture).read_bytes().startswith(b"\x89PNG") for picture in pictures)
    assert [text.parent / picture for picture in pictures] == written
    assert set((tmp_path / "docs" / "benchmarks").iterdir()) == set(written)
    assert {file.name for file in written} < {file.name for file in write_pictures(few, tmp_path / "all")}
    assert "**This run was interrupted" in shown


def test_every_row_of_markdown_has_as_many_cells_as_its_head(run: Path) -> None:
    shown = markdown_of(content_of(read_load_test(run)), pictures="benchmarks/")
    for table in re.findall(r"(?:^\|.*\n)+", shown, flags=re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1
    assert "Some &lt;Processor>, 2 cores" in shown
    assert "### control: failed" in shown
    assert "| scanstream | exact | 900,000 |" in shown
