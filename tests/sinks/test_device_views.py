"""Gaps in devices' numbers and their clocks, compared with a slow count of the same rows."""

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

import pytest

from schemas.enums import Flag
from tests.databases import Database, Databases
from tests.docs.commands import ROOT

pytestmark = pytest.mark.integration
START = datetime(2021, 8, 5, tzinfo=UTC)
COLUMNS = ("device_id", "device_seq", "scan_id", "event_time", "logged_at", "skew_ms", "flags", "_partition", "_offset")


@dataclass(frozen=True)
class Row:
    """What the views read of a scan, in the order of COLUMNS."""

    device: int
    seq: int
    scan_id: bytes
    made: datetime
    logged: datetime
    skew_ms: int
    flags: int
    partition: int
    offset: int


def _device_rows(device: int, chance: random.Random) -> Iterator[Row]:
    """Yield the scans of a device that loses numbers, repeats some, begins anew, or gives none."""
    numbers = [number for number in range(1, chance.randrange(2, 60)) if chance.random() < chance.choice([0.5, 0.9, 1])]
    if device % 3 == 0:
        numbers += list(range(1, chance.randrange(2, 20)))
    if device % 4 == 0:
        numbers += [0] * 3
    for number in numbers:
        made = START + timedelta(milliseconds=chance.randrange(7_200_000))
        yield Row(
            device,
            number,
            chance.randbytes(16),
            made,
            made + timedelta(milliseconds=chance.randrange(100)),
            chance.choice([0, 0, 0, 2_500, -40_000, chance.randrange(-9_000, 9_000)]),
            chance.choice([0, Flag.OFFLINE, Flag.OFFLINE | Flag.CHECKED, Flag.CHECKED]),
            chance.randrange(4),
            chance.randrange(10**6),
        )


@pytest.fixture(scope="module", name="database")
def _database(databases: Databases) -> Iterator[Database]:
    """Lend one database for these tests; they change nothing."""
    with databases.lend() as database:
        yield database


@pytest.fixture(scope="module", name="rows")
def _rows(database: Database) -> list[Row]:
    """Insert and return the scans of forty devices, one of which is registered."""
    chance = random.Random(11)
    rows = [row for device in range(1, 41) for row in _device_rows(device, chance)]
    database.client.insert("scans", [astuple(row) for row in rows], column_names=COLUMNS)
    database.client.insert(
        "devices",
        [(7, 70, "north gate", False, START, 0, 0), (7, 70, "north gate", True, START + timedelta(1), 0, 1)],
        column_names=["device_id", "place_id", "label", "revoked", "updated_at", "_partition", "_offset"],
    )
    return rows


def _utc(moment: datetime) -> datetime:
    """Return an aware time as the client gives it back: UTC without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    "query", re.findall(r"```sql\n(.+?)```", (ROOT / "docs" / "device.md").read_text("utf-8"), re.DOTALL)
)
def test_the_queries_of_the_document_can_be_asked(database: Database, rows: list[Row], query: str) -> None:
    assert rows
    assert database.client.query(query.replace("123456789", "3")).result_rows


def _missing(numbers: dict[int, list[Row]]) -> Iterator[tuple[object, ...]]:
    for low, high in pairwise(sorted(numbers)):
        if high > low + 1:
            after, before = max(row.made for row in numbers[low]), min(row.made for row in numbers[high])
            yield "MISSING", low + 1, high - 1, high - low - 1, 0, _utc(after), _utc(before)


def _reused(numbers: dict[int, list[Row]]) -> Iterator[tuple[object, ...]]:
    several = sorted(number for number, rows in numbers.items() if len({row.scan_id for row in rows}) > 1)
    for _, run in groupby(enumerate(several), lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        scans = [row for number in found for row in numbers[number]]
        times = [row.made for row in scans]
        yield "REUSED", found[0], found[-1], len(found), len(scans), _utc(min(times)), _utc(max(times))


def test_missing_and_reused_numbers_are_told_as_runs(database: Database, rows: list[Row]) -> None:
    numbers: dict[int, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.seq:
            numbers[row.device][row.seq].append(row)
    expected = {(device, *found) for device, its in numbers.items() for found in (*_missing(its), *_reused(its))}
    found = database.rows("SELECT * FROM {}.device_gaps")
    assert set(found) == expected
    assert len(found) == len(expected)
    assert {problem for _, problem, *_ in found} == {"MISSING", "REUSED"}


def test_clocks_are_the_median_and_the_last_skew_and_the_offline_share(database: Database, rows: list[Row]) -> None:
    its: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        its[row.device].append(row)
    expected = []
    for device, scans in sorted(its.items()):
        last = max(scans, key=lambda row: (row.logged, row.partition, row.offset))
        lower_median = sorted(row.skew_ms for row in scans)[(len(scans) - 1) // 2]
        offline = sum(bool(row.flags & Flag.OFFLINE) for row in scans) / len(scans)
        registered = ("north gate", 70, True) if device == 7 else ("", 0, False)
        times = _utc(max(row.made for row in scans)), _utc(last.logged)
        expected.append((device, *registered, len(scans), lower_median, last.skew_ms, offline, *times))
    assert database.rows("SELECT * FROM {}.device_clocks ORDER BY device_id") == expected
