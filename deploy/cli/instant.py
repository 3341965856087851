"""A moment on the command line."""

from datetime import datetime

import click

from schemas.zone import VIETNAM


class Instant(click.ParamType):
    """A moment in ISO 8601; without an offset it is Vietnam's time."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment, aware."""
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no time; write it like 2021-06-01 or 2021-06-01T17:00+07:00.", param, ctx)
        return instant if instant.tzinfo else instant.replace(tzinfo=VIETNAM)


INSTANT = Instant()
