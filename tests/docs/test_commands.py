"""Every command the documents name exists, with every flag they give it."""

import re
import subprocess

import click
import pytest

from deploy.cli import main
from deploy.settings import Settings, variable
from tests.docs.commands import DOCUMENTS, ROOT, blocks, named

_PLACEHOLDER = re.compile(r"[A-Z]+$")


def _command(arguments: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command the first words name, and the words after them; groups are entered as far as words go."""
    command: click.Command = main
    rest = list(arguments)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        inner = command.get_command(click.Context(command), rest[0])
        assert inner is not None, f"scanstream {' '.join(arguments)}: there is no {rest[0]}"
        command, rest = inner, rest[1:]
    return command, rest


def _flags(command: click.Command) -> set[str]:
    options = [option for parameter in command.params for option in parameter.opts]
    return {"--help", "-h", *options}


@pytest.mark.parametrize(("document", "arguments"), named("scanstream"))
def test_a_named_command_exists_with_its_flags(document: str, arguments: list[str]) -> None:
    if _PLACEHOLDER.match(arguments[0]):
        assert arguments[1:] == ["--help"]
        return
    command, rest = _command(arguments)
    assert {word for word in rest if word.startswith("-")} <= _flags(command), document
    assert f"Usage: {command.name}" in command.get_help(click.Context(command, info_name=command.name))


@pytest.mark.parametrize(("document", "arguments"), named("make"))
def test_a_named_target_of_make_exists_and_knows_its_variables(document: str, arguments: list[str]) -> None:
    targets = [word for word in arguments if "=" not in word]
    dry = subprocess.run(["make", "--dry-run", *targets], cwd=ROOT, capture_output=True, text=True, check=False)
    assert dry.returncode == 0, (document, dry.stderr)
    makefile = (ROOT / "Makefile").read_text()
    for name in [word.split("=")[0] for word in arguments if "=" in word]:
        assert re.search(rf"^{name} \?=", makefile, flags=re.MULTILINE), (document, name)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_named_variable_is_a_setting(document: str) -> None:
    known = {variable(name) for name in Settings.__dataclass_fields__}
    text = (ROOT / document).read_text("utf-8")
    assert set(re.findall(r"\bSCANSTREAM_[A-Z_]*[A-Z]\b", text)) <= known


def test_the_documents_name_what_a_newcomer_needs() -> None:
    assert ["run"] in [arguments for _, arguments in named("make")]
    assert ["ledger"] in [arguments for _, arguments in named("scanstream")]
    assert sum(len(blocks(document)) for document in DOCUMENTS) >= 5
