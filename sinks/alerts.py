"""Look at the alerts that have landed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clickhouse_connect.driver.client import Client

from schemas.report_enums import AlertType

#: Bytes travel as hexadecimal digits: clients read strings as text.
_FIND = """
SELECT
    hex(event_id) AS alert, toString(type) AS type, toString(severity) AS severity, toString(role) AS role,
    event_time, logged_at, hex(subject) AS subject, place_id, about_device, area_code, measure,
    hex(evidence) AS evidence, detail
FROM alerts
WHERE {condition}
ORDER BY alerts.event_time DESC, event_id
LIMIT {limit}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSelection:
    """Which alerts; None chooses all. `since` is aware and bounds their event time."""

    type: AlertType | None = None
    since: datetime | None = None
    limit: int = 100

    def condition(self) -> tuple[str, dict[str, Any]]:
        """Return a WHERE condition and its parameters."""
        parts, parameters = ["1"], {}
        if self.type is not None:
            parts.append("alerts.type = {type:Int8}")
            parameters["type"] = int(self.type)
        if self.since is not None:
            parts.append("alerts.event_time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')")
            parameters["since"] = int(self.since.timestamp() * 1000)
        return " AND ".join(parts), parameters


def find_alerts(client: Client, selection: AlertSelection) -> list[dict[str, Any]]:
    """Return the newest alerts of a selection, newest first, by name of column; raises the client's exceptions.

    Identities are in hexadecimal digits, times aware.
    """
    condition, parameters = selection.condition()
    text = _FIND.format(condition=condition, limit=int(selection.limit))
    rows = client.query(text, parameters=parameters).named_results()
    return [{**row, **{name: row[name].replace(tzinfo=UTC) for name in ("event_time", "logged_at")}} for row in rows]
