"""docs/access.md has the table as the catalogue says it."""

from pathlib import Path

from sinks.access.told import markdown

_TEXT = (Path(__file__).parents[3] / "docs" / "access.md").read_text("utf-8")


def test_the_document_tells_of_every_role_what_the_catalogue_says() -> None:
    begin, end = "<!-- begin: sinks/access/told.py -->\n", "<!-- end -->"
    assert _TEXT.partition(begin)[2].partition(end)[0] == markdown()
