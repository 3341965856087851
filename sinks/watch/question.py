"""The query that answers a rule: its rows that are no alert yet."""
# ruff: noqa: S608 -- a rule's own file and the names of our enumeration

from datetime import UTC, datetime

from sinks.watch.rule import WatchRule

#: What one answer holds at most; the rest comes with the next one, as these have landed then.
MOST_ALERTS = 50_000
#: One thread, so that a rule never takes the cores that landing needs; sorts too large for memory go to the disk.
SETTINGS = {
    "max_threads": "1",
    "max_execution_time": "50",
    "max_bytes_before_external_sort": "1000000000",
    "max_bytes_before_external_group_by": "1000000000",
    "output_format_arrow_compression_method": "none",
}


def question(rule: WatchRule) -> str:
    """Return the query for a rule's alerts that have not landed, earliest first; its parameters are `parameters`.

    `event_id` is as `alert.alert_id` makes it. What is older than 27 days the worker would refuse, and what has not
    begun is not true yet.
    """
    return f"""
SELECT
    * EXCEPT dedupe_key,
    CAST(substring(SHA256(concat('{rule.type.name}', dedupe_key)), 1, 16), 'FixedString(16)') AS event_id
FROM ({rule.sql})
WHERE event_time <= {{now:DateTime64(3, 'UTC')}}
    AND event_time > {{now:DateTime64(3, 'UTC')}} - toIntervalDay(27)
    AND event_id NOT IN
    (
        SELECT event_id FROM alerts
        WHERE type = '{rule.type.name}' AND event_time > {{now:DateTime64(3, 'UTC')}} - toIntervalDay(27)
    )
ORDER BY event_time, event_id
LIMIT 1 BY event_id
LIMIT {MOST_ALERTS}
"""


def parameters(*, since: datetime, now: datetime) -> dict[str, str]:
    """Return the parameters of a question; both times are aware."""
    return {"since": _text(since), "now": _text(now)}


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
