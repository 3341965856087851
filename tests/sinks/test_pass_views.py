"""The views of passes and of checkpoints that waved people through, compared with plain Python."""

import random
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from schemas.enums import PassStatus
from schemas.report_enums import PassAction
from tests.databases import Database, Databases
from tests.streams.people.oracle import Pass, pass_status_at

pytestmark = pytest.mark.integration
_START = datetime(2021, 8, 5, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_NUMBERS = count(1)


@pytest.fixture(scope="module", name="database")
def _database(databases: Databases) -> Iterator[Database]:
    """Lend one database for these tests; each uses tables of its own."""
    with databases.lend() as database:
        yield database


def test_the_state_of_each_pass_is_what_a_scan_now_would_get(database: Database) -> None:
    chance, now = random.Random(3), datetime.now(UTC).replace(microsecond=0)
    moments = [now + hours * _HOUR for hours in (-90, -80, -70, -20, -10, -5)]
    events = []
    for _ in range(400):
        begins = chance.choice(moments) + chance.choice((timedelta(), 30 * _HOUR))
        events.append(
            Pass(
                subject=chance.randrange(1, 9),
                thing=chance.randrange(1, 150),
                told=_ms(chance.choice(moments)),
                action=chance.choice(list(PassAction)),
                valid_from=_ms(begins),
                valid_until=_ms(begins + chance.choice((12, 72)) * _HOUR),
            )
        )
    columns = ("event_id", "subject", "pass_id", "event_time", "action", "valid_from", "valid_until", "verdict")
    rows = [
        (
            _bytes(next(_NUMBERS)),
            _bytes(event.subject),
            _bytes(event.thing),
            _at(event.told),
            event.action.name,
            _at(event.valid_from),
            _at(event.valid_until),
            "ACCEPTED",
        )
        for event in events
    ]
    database.client.insert("passes", rows, column_names=columns)
    answer = database.rows("SELECT toUInt64(reinterpretAsUInt128(pass_id)), pass_status FROM {}.passes_state")
    found = {int(str(thing)): str(status) for thing, status in answer}
    assert found == {
        thing: pass_status_at(events, subject=0, named=thing, when=_ms(now)).name
        for thing in {event.thing for event in events}
    }
    assert set(found.values()) == {status.name for status in PassStatus} - {"NONE"}


@dataclass(frozen=True)
class Wave:
    """A row of `wave_throughs`, in the order of its columns below."""

    place_id: int
    action: str
    event_time: datetime
    estimated_people: int = 0
    verdict: str = "ACCEPTED"


_WAVE_COLUMNS = ("place_id", "action", "event_time", "estimated_people", "verdict")


@pytest.fixture(scope="module", name="waved")
def _waved(database: Database) -> Database:
    """Insert what three checkpoints told, and scans of them."""
    waves = [
        Wave(1, "STARTED", _START + _HOUR),
        Wave(1, "STARTED", _START + 1.2 * _HOUR),
        Wave(1, "ENDED", _START + 1.5 * _HOUR, estimated_people=80),
        Wave(1, "ENDED", _START + 1.6 * _HOUR),
        Wave(1, "STARTED", _START + 3 * _HOUR),
        Wave(2, "ENDED", _START + 2 * _HOUR),
        Wave(2, "STARTED", _START + 2.5 * _HOUR, verdict="RETRY"),
    ]
    database.client.insert("wave_throughs", [astuple(wave) for wave in waves], column_names=_WAVE_COLUMNS)
    places = [(1, "North", "CHECKPOINT"), (2, "South", "CHECKPOINT"), (3, "Market", "MARKET")]
    database.client.insert("places", places, column_names=("place_id", "name", "category"))
    scans = [(place, "checkpoint", "ACCEPTED", _START + hours * _HOUR) for place, hours in ((1, 0.1), (1, 1.9), (2, 0))]
    database.client.insert(
        "scans",
        [(*scan, scan[-1]) for scan in scans],
        column_names=("place_id", "feed", "verdict", "event_time", "logged_at"),
    )
    return database


def test_a_period_lasts_from_the_first_start_to_the_first_end(waved: Database) -> None:
    query = "SELECT place_id, started, ended, estimated_people FROM {}.wave_through_periods ORDER BY started"
    assert [(place, _utc(began), _utc(end), people) for place, began, end, people in waved.rows(query)] == [
        (1, _START + _HOUR, _START + 1.5 * _HOUR, 80),
        (1, _START + 3 * _HOUR, None, 0),
    ]


def test_an_hour_without_scans_is_explained_if_people_were_waved_through(waved: Database) -> None:
    query = (
        "SELECT place_id, toHour(hour, 'UTC'), scans, round(waved_minutes), missing "
        "FROM {}.checkpoint_hours(from = '2021-08-05 00:00:00', to = '2021-08-05 04:00:00') ORDER BY place_id, hour"
    )
    assert waved.rows(query) == [
        (1, 0, 1, 0, "NO"),
        (1, 1, 1, 30, "NO"),
        (1, 2, 0, 0, "UNEXPLAINED"),
        (1, 3, 0, 60, "EXPLAINED"),
        (2, 0, 1, 0, "NO"),
        (2, 1, 0, 0, "UNEXPLAINED"),
        (2, 2, 0, 0, "UNEXPLAINED"),
        (2, 3, 0, 0, "UNEXPLAINED"),
    ]


def test_scans_have_their_new_columns_in_the_view_too(database: Database) -> None:
    found = database.rows("SELECT DISTINCT pass_status, identity_match FROM {}.scans_enriched")
    assert set(found) <= {("NONE", "UNCHECKED")}


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _at(moment_ms: int) -> datetime:
    return datetime.fromtimestamp(moment_ms / 1000, UTC)


def _utc(moment: object) -> datetime | None:
    return moment.replace(tzinfo=UTC) if isinstance(moment, datetime) else None


def _bytes(number: int) -> bytes:
    return number.to_bytes(16, "little")
