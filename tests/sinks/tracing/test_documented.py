"""The examples of docs/queries.md, section "Tracing", give the answers that stand below them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from schemas.admin_units import communes
from schemas.links import Link
from sinks.migrate import migrations
from tests.sinks.conftest import Database
from tests.sinks.reports.landed import identity, land
from tests.sinks.test_people import land as land_links
from tests.sinks.tracing.world import empty

pytestmark = pytest.mark.integration
_DOCUMENT = (Path(__file__).parents[3] / "docs" / "queries.md").read_text("utf-8")
_TEXT = re.split(r"^## ", _DOCUMENT.split("\n## Tracing\n")[1], flags=re.MULTILINE)[0]
_EXAMPLE = re.compile(r"^```sql\n(.+?)^```\n\n```text\n(.+?)^```$", flags=re.MULTILINE | re.DOTALL)
_DAY = datetime(2021, 8, 1, tzinfo=UTC)
_FORMAT = "PrettyCompactNoEscapesMonoBlock"
#: What other views of these are made of.
_WITHIN = {"visits", "meetings"}


def _lines() -> list[list[str]]:
    """Return the cells of the document's table of scans."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in _TEXT.splitlines() if line[:1] == "|"]
    return [row for row in rows if re.fullmatch("[0-9A-F]{32}", row[0])]


def _scans() -> Iterator[dict[str, object]]:
    units = {unit.code: unit for unit in communes()}
    for number, (subject, place, _, category, trip, commune, risk, *times) in enumerate(_lines()):
        unit = units[int(commune)]
        for direction, told in zip(("IN", "OUT"), times, strict=True):
            if told:
                at = datetime.combine(_DAY, time.fromisoformat(told), UTC)
                yield {
                    "scan_id": identity(10 * number + len(direction)),
                    "subject": bytes.fromhex(subject),
                    "place_id": int(place),
                    "category": category,
                    "feed": "vehicle" if trip else "venue",
                    "trip_id": int(trip or 0),
                    "direction": direction,
                    "event_time": at,
                    "verdict": "ACCEPTED",
                    "commune": unit.code,
                    "district": unit.district_code,
                    "province": unit.province_code,
                    "risk_level": int(risk),
                }


@pytest.fixture(scope="module", name="sample")
def _landed(_tracing_database: Database) -> Database:
    """Return the database with the scans, the places and the link the document tells of, and nothing else."""
    land_sample(_tracing_database)
    return _tracing_database


def land_sample(database: Database) -> None:
    """Fill the tables with what the document tells of."""
    empty(database)
    land(database, "scans", list(_scans()))
    places = {int(row[1]): [int(row[1]), row[2]] for row in _lines() if row[2]}
    database.client.insert("places", list(places.values()), column_names=["place_id", "name"], database=database.name)
    one, other = (bytes.fromhex(f"CA5E{number:028}") for number in (1, 2))
    land_links(database, [Link(event_id=identity(1), subject=one, other=other, event_time_ms=0)])


def test_the_examples_give_the_answers_below_them(sample: Database) -> None:
    examples = _EXAMPLE.findall(_TEXT)
    assert len(examples) == _TEXT.count("```sql")
    for query, answer in examples:
        assert sample.client.raw_query(query, fmt=_FORMAT).decode() == answer, query


def test_every_view_has_a_heading_with_its_parameters() -> None:
    headings = "\n".join(re.findall(r"^### (.+)$", _TEXT, flags=re.MULTILINE))
    told = {name: set(listed.split(", ")) for name, listed in re.findall(r"`(\w+)\(([^)]*)\)`", headings)}
    statements = [each for it in migrations() if it.version in range(50, 53) for each in it.statements]
    made = [re.match(r"CREATE OR REPLACE VIEW (\w+) AS\s", statement) for statement in statements]
    views = {found[1]: set(re.findall(r"\{(\w+):", found.string)) for found in made if found}
    assert told == {name: parameters for name, parameters in views.items() if name not in _WITHIN}
