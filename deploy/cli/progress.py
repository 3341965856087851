"""Lines for the person at the terminal: on standard error, so that results can be piped."""

import logging

import click

from deploy.settings import Settings


def say(line: str) -> None:
    """Show one line of progress."""
    click.echo(line, err=True)


def quiet_clients() -> None:
    """Keep ClickHouse's client from logging every request that a fault has ended: whoever asked knows."""
    logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)


def log_to_stderr(settings: Settings) -> None:
    """Let the process log from the level the settings say."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(message)s")
    # It tells of every connection it lost, over several lines; whoever asked tells what that means, in one.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
