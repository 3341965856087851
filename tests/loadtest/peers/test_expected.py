"""What must be in a peer's table, and the parts that peers written in Python share."""

from pathlib import Path

import pytest

from loadtest.fleet import make_fleet
from loadtest.generate import Workload
from loadtest.offsets import Offsets
from loadtest.peers.common.decode import Decoder
from loadtest.peers.common.place_file import ENRICHED, read_places, write_places
from loadtest.peers.common.seen import WINDOW_MS, Seen
from loadtest.peers.common.settings import PeerSettings
from loadtest.peers.expected import SHARES, Wanted, places_of, wanted
from loadtest.run import Run
from loadtest.scenario import Scenario
from schemas.wire import decode

_EVENTS = 2_000
_NO_OFFSETS: Offsets = {}


def _run() -> Run:
    scenario = Scenario(events=_EVENTS, span_seconds=100.0, start_ms=1_600_000_000_000, shares=SHARES)
    run = Run(Workload(scenario, make_fleet(seed=1, places=200)), _NO_OFFSETS)
    for chunk in run.workload.chunks():
        run.note(chunk)
    return run


def test_each_scan_is_wanted_once_and_the_floor_wants_all() -> None:
    published = _run().published
    retries = SHARES.retry * _EVENTS
    assert wanted(published) == Wanted(_EVENTS - int(retries), _EVENTS - int(retries))
    assert wanted(published, deduplicated=False) == Wanted(_EVENTS, _EVENTS - int(retries))


def test_peers_decode_what_we_decode() -> None:
    (chunk,) = _run().workload.chunks()
    decoder = Decoder()
    for value in chunk.values[:200]:
        assert value
        scan, (_, own) = decoder(value), decode(value)
        assert scan
        assert scan["scan_id"] == own["scan_id"]
        assert scan["direction"] == own["direction"]
        assert scan["event_time"] == round(own["event_time"].timestamp() * 1_000)
        assert "sent_at" not in scan


def test_bytes_that_are_no_scan_are_none() -> None:
    (chunk,) = _run().workload.chunks()
    whole = chunk.values[0] or b""
    for broken in (None, b"", whole[:40], whole + b"\0", b"\1" + whole[1:]):
        assert Decoder()(broken) is None


def test_the_registry_of_places_is_read_as_it_was_written(tmp_path: Path) -> None:
    places = dict(places_of(make_fleet(seed=1, places=200)))
    write_places(tmp_path / "places.tsv", places.items())
    assert read_places(tmp_path / "places.tsv") == places
    assert len(places) == 200
    assert all(tuple(place) == ENRICHED and place["commune"] for place in places.values())


def test_an_id_is_remembered_for_the_window_and_forgotten_some_time_after() -> None:
    seen = Seen()
    assert seen.is_new(b"a", 0)
    assert not seen.is_new(b"a", WINDOW_MS)
    assert seen.is_new(b"b", WINDOW_MS + 1)
    assert not seen.is_new(b"a", 2 * WINDOW_MS)
    assert seen.is_new(b"c", 3 * WINDOW_MS)
    assert seen.is_new(b"a", 3 * WINDOW_MS)


def test_settings_reach_a_peer_through_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = PeerSettings(
        kafka="127.0.0.1:9092",
        topic="scans",
        partitions=8,
        group="peer",
        clickhouse_host="127.0.0.1",
        clickhouse_port=8_123,
        clickhouse_user="default",
        clickhouse_password="",
        clickhouse_database="scans",
        table="rows",
        places=Path("places.tsv"),
        directory=Path("here"),
        number=1,
        processes=2,
        variant="table",
    )
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert PeerSettings.from_environment() == settings


def test_a_copy_of_what_was_seen_goes_its_own_way() -> None:
    seen = Seen()
    seen.is_new(b"a", 0)
    twin = seen.copy()
    assert twin.is_new(b"b", 1)
    assert seen.is_new(b"b", 1)
    assert not twin.is_new(b"a", 1)
