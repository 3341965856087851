"""A person's details from a CSV file to the operator who may see them, and to nobody after they were erased."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.cli import main
from deploy.keys import pseudonym_key
from deploy.settings import Settings
from schemas.enums import TokenKind
from tests.databases import Databases

_NAME = "Trần Văn Mẫu"
_NUMBER = "094099000123"
_ASKED = ("--case", "F0-2021/117", "--reason", "contact of a confirmed case")


class Terminal:
    """A terminal of an installation with a database of its own."""

    def __init__(self, directory: Path, settings: Settings) -> None:
        self.directory, self._settings = directory, settings
        self.subject = pseudonym_key(settings).subject(kind=TokenKind.CCCD, identity=_NUMBER).hex()

    def run(self, *arguments: str, who: str = "", typed: str = "") -> Result:
        """Run a command as an operator."""
        environment = self._settings.environment() | {
            "SCANSTREAM_OPERATOR_TOKEN_FILE": str(self.directory / f"{who}.token") if who else "",
            "SCANSTREAM_OPERATORS_FILE": str(self.directory / "operators.toml"),
        }
        return CliRunner().invoke(main, list(arguments), env=environment, input=typed)

    def add(self, name: str, role: str) -> str:
        """Add an operator and return the token."""
        token = self.run("identity", "operator", name, "--role", role).stdout
        file = self.directory / f"{name}.token"
        file.touch(mode=0o600)
        file.write_text(token)
        return token


@pytest.fixture(name="terminal")
def _terminal(tmp_path: Path, databases: Databases) -> Iterator[Terminal]:
    with databases.lend() as database:
        url, name = database.config.clickhouse_url, database.name
        yield Terminal(tmp_path, Settings(clickhouse_url=url, clickhouse_database=name, data_dir=tmp_path / "data"))


@pytest.mark.integration
def test_from_the_file_to_the_operator_and_to_nobody(terminal: Terminal) -> None:
    terminal.add("an", "province_cdc")
    approving = terminal.add("binh", "province_cdc")
    terminal.add("chi", "data_protection")
    contacts = terminal.directory / "contacts.csv"
    contacts.write_text(f"kind,number,name,phone,address\nCCCD,{_NUMBER},{_NAME},x,y\n")
    subject = ("--subject", terminal.subject)

    sealed = terminal.run("identity", "seal", str(contacts))
    assert (sealed.exit_code, sealed.output) == (0, "Sealed the contact details of 1 people.\n")

    alone = terminal.run("identity", "open", *subject, *_ASKED, who="an")
    assert (alone.exit_code, _NAME in alone.output) == (2, False)
    assert "Another operator must approve this" in alone.output

    approved = (*subject, *_ASKED, "--approved-by", "binh", "--json")
    opened = terminal.run("identity", "open", *approved, who="an", typed=approving)
    assert opened.exit_code == 0, opened.output
    shown = json.loads(opened.stdout.splitlines()[-1])
    assert (shown["subject"], shown["name"], shown["phone"]) == (terminal.subject, _NAME, "x")
    assert approving.strip() not in opened.output

    erased = terminal.run("identity", "erase", *subject, "--reason", "asked for by themselves", "--linked", who="chi")
    assert (erased.exit_code, erased.output) == (0, "Erased: 1 key(s) destroyed.\n")
    after = terminal.run("identity", "open", *approved, who="an", typed=approving)
    assert after.exit_code == 1
    assert "1 more were erased: nobody can open them." in after.output
    assert _NAME not in after.output

    whole = terminal.run("audit", "verify", "--json")
    assert (whole.exit_code, json.loads(whole.output)) == (0, {"entries": 4, "whole": True, "faults": []})
    log = terminal.directory / "data" / "audit.log"
    written = log.read_text()
    assert _NAME not in written
    assert _NUMBER not in written
    log.write_text("".join(written.splitlines(keepends=True)[:3]))
    cut = terminal.run("audit", "verify")
    assert (cut.exit_code, cut.output.splitlines()[0]) == (1, "Entry 4 is missing; the witness has seen it.")
    assert terminal.run("identity", "open", *approved, who="an", typed=approving).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["open", "--subject", "0a", *_ASKED], "--subject must be a pseudonym"),
        (["open", "--subject", "0a" * 16, *_ASKED], "set SCANSTREAM_OPERATORS_FILE"),
        (["erase", "--subject", "0a" * 16, "--reason", "number 0912 345 678"], "may be the number of a person"),
        (["operator", "an", "--role", "province_cdc"], "set SCANSTREAM_OPERATORS_FILE"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    ended = CliRunner().invoke(main, ["identity", *arguments], env={"SCANSTREAM_DATA_DIR": str(tmp_path)})
    assert ended.exit_code == 2
    assert sentence in ended.output
