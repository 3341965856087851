"""A group of commands that imports a command's file only when that command runs: help and errors come at once."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Lazy:
    """A command before it is imported: the module and attribute it is, and what it does in a line."""

    module: str
    attribute: str
    does: str


class LazyGroup(click.Group):
    """A group over a table of commands by name."""

    def __init__(self, *, table: Mapping[str, Lazy], **settings: Any) -> None:
        super().__init__(**settings)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- the same
        if cmd_name not in self._table:
            return None
        where = self._table[cmd_name]
        command: click.Command = getattr(importlib.import_module(where.module), where.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- the same
        with formatter.section("Commands"):
            formatter.write_dl([(name, where.does) for name, where in self._table.items()])
