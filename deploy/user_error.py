"""The one exception whose text is meant for the person at the terminal."""

import click


class UserError(click.ClickException):
    """Say in one sentence why a command cannot go on and what to do about it.

    The command line prints the sentence without a traceback and ends with exit code 2.
    """

    exit_code = 2
