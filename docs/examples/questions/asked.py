"""A province and a day, and how a question about them is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from clickhouse_connect.driver.client import Client

from schemas.zone import VIETNAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A province and a day in Vietnam; `client` speaks to the database of our tables."""

    client: Client
    province: int
    day: date

    @property
    def starts(self) -> datetime:
        """Return the day's first moment."""
        return datetime.combine(self.day, datetime.min.time(), VIETNAM)

    def rows(self, query: str) -> Sequence[Sequence[object]]:
        """Ask; `{day}` stands for the day, `{from}` and `{to}` for its bounds in UTC, `{logged}` for a day before."""
        one = timedelta(days=1)
        bounds = {"from": self.starts, "to": self.starts + one, "logged": self.starts - one}
        told = {name: f"'{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}'" for name, at in bounds.items()}
        return self.client.query(query.format(**told, day=f"'{self.day}'", province=self.province)).result_rows
