"""Turn settings into command-line options, and options back into settings."""

import os
from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

import click

from deploy.local.ports import require_free
from deploy.settings import Settings, flag, load, variable

_Command = TypeVar("_Command", bound=Callable[..., Any])


def settings_options(*names: str) -> Callable[[_Command], _Command]:
    """Give a command the flags of the named settings, with help made from the table of settings."""
    known = {about.name: about for about in fields(Settings)}

    def decorate(command: _Command) -> _Command:
        for name in reversed(names):
            about = known[name].metadata
            if not about["secret"]:
                text = f"{about['meaning']}  [{variable(name)}; default {known[name].default or 'empty'}]"
                command = click.option(flag(name), metavar=about["unit"] or "TEXT", help=text)(command)
        return command

    return decorate


def settings_from(flags: dict[str, object]) -> Settings:
    """Make settings from the environment and the flags click parsed; raise UserError for a wrong one."""
    return load(os.environ, flags)


def metrics_port_option(default_offset: int) -> Callable[[_Command], _Command]:
    """Give a command `--metrics-port`; without it the port is `port_base` plus `default_offset`."""
    text = f"port of the metrics; 0 picks a free one  [default: port base + {default_offset}]"
    return click.option("--metrics-port", type=click.IntRange(0, 65_535), metavar="port", help=text)


def chosen_metrics_port(settings: Settings, chosen: int | None, *, default: int) -> int:
    """Return the port to serve metrics on; raise UserError if it is taken."""
    port = default if chosen is None else chosen
    if port:
        require_free(port, purpose="metrics", remedy="give --metrics-port 0 for a free one", host=settings.listen_host)
    return port
