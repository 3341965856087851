"""Lines of progress for the person at the terminal: on standard error, so that results can be piped."""

import click


def say(line: str) -> None:
    """Show one line of progress."""
    click.echo(line, err=True)
