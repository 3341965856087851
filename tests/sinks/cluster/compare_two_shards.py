"""Views over shards say what they say on one server. Run by hand, as it needs an engine of its own: name this file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from clickhouse_connect.driver.client import Client

from sinks.cluster.tokens import text_of, tokens
from sinks.cluster.wide import made_global
from tests.sinks.cluster.two_shards import ALL, ONE, SHARDS, two_shards

pytestmark = pytest.mark.integration

_TABLES = {
    "scans": "scan_id subject place_id direction event_time logged_at feed verdict category _partition _offset",
    "corrections": "event_id corrects event_time logged_at feed verdict",
    "cases": "event_id subject case_id event_time logged_at feed verdict _partition _offset",
    "identity_links": "event_id subject other event_time logged_at feed verdict",
}
_VIEWS = {
    "people": "SELECT * FROM {}.people",
    "scans_in_force": "SELECT subject, scan_id FROM {}.scans_in_force",
    "cases_effective": "SELECT event_id FROM {}.cases_effective",
    "visits": "SELECT * FROM {}.visits(from = '2021-06-01 00:00:00', to = '2021-06-03 00:00:00')",
    "scans of cases": "SELECT scan_id FROM {}.scans WHERE subject IN (SELECT subject FROM {}.cases_effective)",
    "cases that met": "SELECT count() FROM {}.scans AS a JOIN {}.cases AS b ON a._offset = b._offset",
}
_MADE = {*_TABLES, *_VIEWS, "default_stays", "corrections_standing", "corrections_in_force", "scans_effective"}
_START = datetime(2021, 6, 1, tzinfo=UTC)


def identity(number: int) -> bytes:
    """Return 16 bytes."""
    return number.to_bytes(16, "big")


def rows(chance: Random, table: str, number: int) -> list[object]:
    """Return a row whose subject is always in the same partition, and whose values are few enough to meet."""
    person = chance.randrange(1, 12)
    at = _START + timedelta(minutes=chance.randrange(2_880))
    corrected = chance.choice([number, 1_000 + number, 2_000])
    known: dict[str, object] = {
        "scan_id": identity(number), "event_id": identity(1_000 + number), "subject": identity(person),
        "other": identity(chance.randrange(1, 12)), "corrects": identity(corrected),
        "case_id": identity(person), "place_id": chance.randrange(1, 5), "direction": chance.choice(["IN", "OUT"]),
        "event_time": at, "logged_at": at, "verdict": "ACCEPTED", "category": "CAFE", "_partition": person % 4,
        "_offset": number, "feed": {"scans": "venue", "cases": "case", "corrections": "correction"}.get(table, "link"),
    }  # fmt: skip
    return [known[name] for name in _TABLES[table].split()]


def fill(client: Client) -> None:
    """Put the same rows into both."""
    chance = Random(3)
    for table, columns in _TABLES.items():
        count = {"scans": 200, "identity_links": 4}.get(table, 20)
        made = [rows(chance, table, number) for number in range(count)]
        for database in (ONE, ALL):
            client.insert(
                table,
                made,
                column_names=columns.split(),
                database=database,
                settings={"distributed_foreground_insert": "1"},
            )


def test_views_over_two_shards_say_what_they_say_on_one_server(tmp_path: Path) -> None:
    with two_shards(tmp_path, _MADE) as client:
        fill(client)
        counts = (client.query(f"SELECT count() FROM {shard}.scans_local").result_rows for shard in SHARDS)  # noqa: S608 -- our names
        held = [int(count) for ((count,),) in counts]
        assert (min(held) > 0, sum(held)) == (True, 200)
        for query in _VIEWS.values():
            expected, found = (sorted(map(str, client.query(text).result_rows)) for text in _both(query))
            assert expected == found, query
            assert expected


def _both(query: str) -> tuple[str, str]:
    one = query.replace("{}", ONE)
    return one, text_of(made_global(tokens(query.replace("{}", ALL)), {"cases", "cases_effective"}))
