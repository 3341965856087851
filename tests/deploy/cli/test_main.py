"""The command line helps."""

import pytest
from click.testing import CliRunner

from deploy.cli import COMMANDS, main


def test_help_names_every_command_with_what_it_does() -> None:
    shown = CliRunner().invoke(main, ["--help"])
    assert shown.exit_code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in shown.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    shown = CliRunner().invoke(main, [name, "--help"])
    assert shown.exit_code == 0
    assert "Usage: " in shown.output


def test_an_unknown_command_is_an_error() -> None:
    assert CliRunner().invoke(main, ["dwon"]).exit_code == 2
