"""The document of settings is the table of settings."""

from deploy.settings import table
from tests.docs.commands import ROOT


def test_the_document_holds_the_table_as_it_is() -> None:
    _, *rest = (ROOT / "docs" / "settings.md").read_text("utf-8").partition("| variable |")
    assert "".join(rest) == table(), "put what deploy.settings.table() returns into docs/settings.md"
