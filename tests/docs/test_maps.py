"""What docs/maps.md tells people to type is typed here, on a province's generated day, and so is the worked example."""

import asyncio
import csv
import hashlib
import importlib
import io
import json
import random
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image

from deploy.cli import main
from deploy.public_documents import ClickHouseDocuments, public_documents
from deploy.settings import load
from schemas.admin_units import communes
from schemas.report_enums import AreaLevel
from sinks.maps.cells import synthetic_shapes
from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.public import NoDocuments, Question
from streams.gateway.publisher import InMemoryPublisher
from tests.databases import Database, Databases
from tests.docs.commands import ROOT, blocks
from tests.streams.gateway.server import config, serving

pytestmark = pytest.mark.integration
_EXPORT, _CURL, _REAL, _EXAMPLE = blocks(ROOT / "docs" / "maps.md")
_QUERIES = [part.split("```")[0] for part in (ROOT / "docs" / "maps.md").read_text("utf-8").split("```sql\n")[1:]]
_MIDNIGHT = datetime(2021, 7, 31, 17, tzinfo=UTC)
_UNITS = [unit for unit in communes() if unit.province_code == 42]
_PLACES = 60


class Day:
    """A generated day of Hà Tĩnh in a database of its own, and what is true of it."""

    def __init__(self, database: Database) -> None:
        """Land it."""
        self.client, self.name = database.client, database.name
        url = database.config.clickhouse_url
        self.environment = {"SCANSTREAM_CLICKHOUSE_URL": url, "SCANSTREAM_CLICKHOUSE_DATABASE": self.name}
        seeded = random.Random(3)
        place_units = [seeded.choice(_UNITS[:40]) for _ in range(_PLACES)]
        self.scans = [self._scan(seeded, number, place_units) for number in range(3_000)]
        self._land("scans", self.scans)
        categories = ["CAFE", "SCHOOL", "MARKET"]
        self._land(
            "places",
            [
                {"place_id": at, "name": f"Nơi {at}", "category": categories[at % 3], "commune_code": unit.code}
                for at, unit in enumerate(place_units, start=1)
            ],
        )
        self._land("area_decisions", [_decision(at, unit.code) for at, unit in enumerate(_UNITS, start=1)])
        self._land("place_events", [_assessment(at, unit.code) for at, unit in enumerate(place_units[:10], start=1)])

    def _scan(self, seeded: random.Random, number: int, place_units: list[Any]) -> dict[str, Any]:
        place = min(seeded.randrange(_PLACES), seeded.randrange(_PLACES))
        unit = place_units[place]
        at = _MIDNIGHT + timedelta(hours=min(23.9, max(0.1, seeded.gauss(9, 3))))
        return {
            "scan_id": number.to_bytes(16, "big"),
            "subject": seeded.randrange(900).to_bytes(16, "big"),
            "place_id": place + 1,
            "direction": seeded.choice(["IN", "OUT"]),
            "event_time": at,
            "logged_at": at + timedelta(seconds=seeded.expovariate(1)),
            "feed": "venue",
            "verdict": "ACCEPTED",
            "lateness": "ON_TIME",
            "category": ["CAFE", "SCHOOL", "MARKET"][(place + 1) % 3],
            "commune": unit.code,
            "district": unit.district_code,
            "province": unit.province_code,
        }

    def _land(self, table: str, rows: list[dict[str, Any]]) -> None:
        self.client.insert(table, [list(row.values()) for row in rows], column_names=list(rows[0]), database=self.name)


def _decision(number: int, commune: int) -> dict[str, Any]:
    return {
        "event_id": number.to_bytes(16, "big"),
        "about": "RISK",
        "level": "COMMUNE",
        "area_code": commune,
        "risk_level": 1 + number % 4 if number < 90 else 1,
        "valid_from": _MIDNIGHT - timedelta(days=1),
        "event_time": _MIDNIGHT,
        "logged_at": _MIDNIGHT,
        "verdict": "ACCEPTED",
    }


def _assessment(place: int, commune: int) -> dict[str, Any]:
    unit = next(unit for unit in _UNITS if unit.code == commune)
    return {
        "event_id": (1_000 + place).to_bytes(16, "big"),
        "place_id": place,
        "action": "SAFETY_ASSESSED",
        "safety_score": 10 * place,
        "event_time": _MIDNIGHT,
        "logged_at": _MIDNIGHT,
        "verdict": "ACCEPTED",
        "commune": unit.code,
        "district": unit.district_code,
        "province": unit.province_code,
    }


@pytest.fixture(scope="module")
def day(databases: Databases) -> Iterator[Day]:
    """Land the day in a database."""
    with databases.lend() as database:
        yield Day(database)


def _types(block: str, day: Day) -> str:
    """Run a block of one `scanstream` command in this process and return what it prints."""
    program, *words = shlex.split(block)
    assert program == "scanstream"
    ended = CliRunner().invoke(main, words, env=day.environment)
    assert ended.exit_code == 0, ended.output
    return ended.stdout


@pytest.fixture(scope="module")
def exported(day: Day, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run the first command; return the directory it wrote and what it showed."""
    with chdir(tmp_path_factory.mktemp("exported")):
        return Path.cwd() / "map", _types(_EXPORT, day)


def _documents(day: Day) -> ClickHouseDocuments:
    made = public_documents(load(day.environment, {}))
    assert made is not None
    return made


def test_files_are_written_with_a_manifest_that_holds(exported: tuple[Path, str]) -> None:
    directory, shown = exported
    manifest = json.loads((directory / "manifest.json").read_text("utf-8"))
    assert (manifest["day"], manifest["province"], manifest["synthetic"]) == ("2021-08-01", "42", True)
    rows = {file["name"]: file["rows"] for file in manifest["files"]}
    assert rows == {
        "risk-communes.geojson": 216,
        "risk-districts.geojson": 13,
        "risk-provinces.geojson": 1,
        "areas.csv": 230,
        "areas.json": 230,
        "place-safety.csv": 10,
        "place-safety.json": 10,
    }
    for file in manifest["files"]:
        body = (directory / file["name"]).read_bytes()
        assert (len(body), hashlib.sha256(body).hexdigest()) == (file["bytes"], file["sha256"])
    assert {path.name for path in directory.iterdir()} == {*rows, "manifest.json"}
    assert "risk-communes.geojson        216 rows" in shown


def test_the_map_counts_what_happened(day: Day, exported: tuple[Path, str]) -> None:
    directory, _ = exported
    areas = list(csv.DictReader(io.StringIO((directory / "areas.csv").read_text("utf-8"))))
    assert areas[0]["level"] == "PROVINCE"
    assert (int(areas[0]["scans"]), int(areas[0]["people"])) == (3_000, len({row["subject"] for row in day.scans}))
    drawn = json.loads((directory / "risk-communes.geojson").read_text("utf-8"))
    people: dict[str, set[bytes]] = {}
    for row in day.scans:
        people.setdefault(f"{row['commune']:05}", set()).add(row["subject"])
    for feature in drawn["features"]:
        told = feature["properties"]
        assert told["people"] in (None, len(people.get(told["code"], ())))
    assert {feature["properties"]["risk_level"] for feature in drawn["features"]} == {1, 2, 3, 4}


def test_the_queries_answer(day: Day) -> None:
    answers = [day.client.query(query).result_rows for query in _QUERIES]
    assert [row[0] for row in answers[0]] == ["PROVINCE"] + ["DISTRICT"] * 13
    assert sum(row[2] for row in answers[1]) == 1_274 + 79 + 5
    assert {str(row[0]): row[1] for row in answers[2]} == {"UNSAFE": 4, "FAIR": 3, "SAFE": 3}


async def test_the_gateway_serves_the_same(day: Day, tmp_path: Path) -> None:
    async with serving(
        config(),
        directory=InMemoryDeviceDirectory(),
        publisher=InMemoryPublisher(),
        documents=_documents(day),
        now_ms=lambda: 1_627_800_000_000,  # at noon
    ) as client:
        block = _CURL.replace("http://127.0.0.1:19080", client.url)
        shown = await asyncio.to_thread(
            subprocess.check_output, ["sh", "-eu", "-c", block], cwd=tmp_path, text=True, stderr=subprocess.DEVNULL
        )
        wrong = await client.get("/v1/public/risk-communes.geojson?province=1")
    assert shown.splitlines()[0].startswith("level,code,name,")
    assert len(list(csv.reader(io.StringIO(shown)))) == 1 + 230
    assert len(json.loads((tmp_path / "risk.geojson").read_text("utf-8"))["features"]) == 216
    assert wrong.status == 400


def test_where_clickhouse_is_away_there_are_no_documents_and_a_reason() -> None:
    documents = public_documents(load({"SCANSTREAM_CLICKHOUSE_URL": "http://127.0.0.1:1"}, {}))
    assert documents is not None
    with pytest.raises(NoDocuments, match=r"127\.0\.0\.1"):
        documents.read(Question(name="areas.json", day=_MIDNIGHT.date(), province=0))
    assert public_documents(load({"SCANSTREAM_PUBLIC_DOCUMENTS": "0"}, {})) is None


def test_real_boundaries_are_drawn(day: Day, tmp_path: Path) -> None:
    cells = synthetic_shapes().polygons
    features = [
        {
            "type": "Feature",
            "properties": {"commune_code": unit.code},
            "geometry": {"type": "Polygon", "coordinates": cells[AreaLevel.COMMUNE, unit.code][0]},
        }
        for unit in _UNITS
    ]
    document = {"type": "FeatureCollection", "features": features}
    (tmp_path / "communes.geojson").write_text(json.dumps(document), "utf-8")
    with chdir(tmp_path):
        manifest = json.loads(_types(_REAL, day))
    assert (manifest["synthetic"], manifest["files"][0]["rows"]) == (False, 216)


def test_the_example_draws_and_tells_what_happened(
    day: Day, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _EXAMPLE == ".venv/bin/python docs/examples/province.py --province 42\n"
    url = day.environment["SCANSTREAM_CLICKHOUSE_URL"]
    with _example() as example:
        assert example.main(["--url", url, "--database", day.name, "--out", str(tmp_path)]) == 0
        told = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())
        assert example.main(["--url", url, "--database", day.name, "--province", "94", "--out", str(tmp_path)]) == 2
        assert "No scans of province 94 are there; run `make run`" in capsys.readouterr().err
        assert example.main(["--url", "http://127.0.0.1:1"]) == 2
        assert "run `scanstream up` and try again" in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.png" for name in told}
    hours = [(row["event_time"] - _MIDNIGHT) // timedelta(hours=1) for row in day.scans]
    busiest = max(set(hours), key=lambda hour: (hours.count(hour), -hour))
    assert told["scans-by-hour"] == f"3,000 scans; the busiest hour was {busiest:02}:00 with {hours.count(busiest)}."
    active = len({row["place_id"] for row in day.scans})
    assert told["coverage"].startswith(f"{active} of {_PLACES} registered places were scanned at")
    assert told["apps"] == "1 apps; OTHER made 100.0 % of the scans; 0 declarations."
    assert told["trail"].split(" at ")[0].endswith(" visits")
    assert " people at " in told["contacts"]
    assert told["risk-map"].startswith("216 communes; of ")
    for picture in tmp_path.iterdir():
        with Image.open(picture) as image:
            assert len(image.convert("RGB").getcolors(maxcolors=1 << 24) or ()) > 10, "an empty picture"


@contextmanager
def _example() -> Iterator[Any]:
    directory = str(ROOT / "docs" / "examples")
    sys.path.insert(0, directory)  # as Python does for a script in it
    before = set(sys.modules)
    try:
        yield importlib.import_module("province")
    finally:
        sys.path.remove(directory)
        for name in set(sys.modules) - before:
            if name == "province" or name.startswith("questions"):
                del sys.modules[name]
