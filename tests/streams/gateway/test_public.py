"""Documents for the public: what is served, how long it is kept, what is refused."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date

import pytest

from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.public import InMemoryDocuments, NoDocuments, Question
from streams.gateway.publisher import InMemoryPublisher
from tests.streams.gateway.samples import NOW_MS
from tests.streams.gateway.server import Client, Reply, config, serving

_MAP, _TABLE = "risk-communes.geojson", "areas.csv"
_BODY = b'{"type":"FeatureCollection","features":[]}'


@dataclass
class _Documents:
    """Counts how often it is asked; fails while it is told to."""

    asked: list[Question] = field(default_factory=list)
    fails: bool = False
    names = (_MAP, _TABLE)

    def read(self, question: Question) -> bytes:
        self.asked.append(question)
        if self.fails:
            raise NoDocuments("No ClickHouse answers at http://secret:8123.")
        return _BODY if question.name == _MAP else f"{len(self.asked)}\r\n".encode()


@dataclass
class _Clock:
    now_ms: int = NOW_MS


@dataclass
class _Public:
    client: Client
    documents: _Documents
    clock: _Clock

    async def get(self, path: str, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        session = self.client.session
        async with session.get(f"{self.client.url}/v1/public{path}", headers=named, auto_decompress=False) as response:
            return Reply(response.status, response.headers, await response.read())


@pytest.fixture
async def public(directory: InMemoryDeviceDirectory, publisher: InMemoryPublisher) -> AsyncIterator[_Public]:
    """Return a gateway whose clock stands still until a test moves it."""
    documents, clock = _Documents(), _Clock()
    settings = config(public_origin="https://map.example")
    async with serving(
        settings, directory=directory, publisher=publisher, documents=documents, now_ms=lambda: clock.now_ms
    ) as client:
        yield _Public(client, documents, clock)


async def test_a_map_is_served_as_geojson_with_what_caches_and_pages_need(public: _Public) -> None:
    reply = await public.get(f"/{_MAP}?province=42&date=2021-08-01", Accept_Encoding="identity")
    assert (reply.status, reply.body) == (200, _BODY)
    assert reply.headers["Content-Type"] == "application/geo+json"
    assert reply.headers["Cache-Control"] == "public, max-age=300"
    assert reply.headers["Access-Control-Allow-Origin"] == "https://map.example"
    assert reply.headers["Vary"] == "Accept-Encoding"
    assert public.documents.asked == [Question(name=_MAP, day=date(2021, 8, 1), province=42)]
    assert (await public.get("")).body == b'{"documents": ["risk-communes.geojson", "areas.csv"]}'


async def test_who_has_it_already_is_told_so(public: _Public) -> None:
    first = await public.get(f"/{_MAP}", Accept_Encoding="gzip")
    assert first.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(first.body) == _BODY
    again = await public.get(f"/{_MAP}", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert (await public.get(f"/{_MAP}", If_None_Match='"another"')).status == 200


async def test_a_document_is_read_once_in_five_minutes_however_many_ask(public: _Public) -> None:
    replies = await asyncio.gather(*(public.get(f"/{_TABLE}", Accept_Encoding="identity") for _ in range(5)))
    assert {reply.body for reply in replies} == {b"1\r\n"}
    public.clock.now_ms += 299_999
    kept = await public.get(f"/{_TABLE}", Accept_Encoding="identity")
    assert (kept.body, kept.headers["Cache-Control"]) == (b"1\r\n", "public, max-age=0")
    public.clock.now_ms += 1
    assert (await public.get(f"/{_TABLE}", Accept_Encoding="identity")).body == b"2\r\n"


async def test_without_a_date_it_is_today_in_vietnam(public: _Public) -> None:
    public.clock.now_ms = 1_627_750_799_999  # 2021-07-31T23:59:59.999+07:00
    await public.get(f"/{_TABLE}")
    public.clock.now_ms += 1
    await public.get(f"/{_TABLE}")
    assert [question.day for question in public.documents.asked] == [date(2021, 7, 31), date(2021, 8, 1)]


async def test_only_so_many_are_kept(public: _Public) -> None:
    days = [f"/{_TABLE}?date=2021-08-{day:02}" for day in range(1, 18)]
    for path in [*days, days[-1], days[0]]:
        await public.get(path)
    assert len(public.documents.asked) == len(days) + 1


async def test_when_they_can_t_be_read_scans_go_on_and_nothing_is_told_of_what_is_behind(public: _Public) -> None:
    public.documents.fails = True
    reply = await public.get(f"/{_MAP}")
    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    assert b"can't be read at the moment; ask again later" in reply.body
    assert b"secret" not in reply.body
    assert (await public.client.get("/readyz")).status == 200
    public.documents.fails = False
    assert (await public.get(f"/{_MAP}")).status == 200


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/risk.kml", 404, "There is no such document; GET /v1/public lists those there are."),
        (f"/{_MAP}?date=1.8.2021", 400, "`date` must be a day like 2021-08-01."),
        (f"/{_MAP}?date=2999-01-01", 400, "`date` must not be in the future."),
        (f"/{_MAP}?province=99", 400, "`province` must be one of 38, 42, 64, 75, 94."),
        (f"/{_MAP}?at=noon", 400, "A document takes the parameters `date` and `province` only."),
    ],
)
async def test_what_can_t_be_answered_is_explained(public: _Public, path: str, status: int, detail: str) -> None:
    reply = await public.client.get(f"/v1/public{path}")
    assert (reply.status, reply.body["detail"]) == (status, detail)
    assert public.documents.asked == []


async def test_a_gateway_without_documents_has_none(client: Client) -> None:
    assert (await client.get(f"/v1/public/{_MAP}")).status == 404


async def test_the_documents_shipped_for_tests_keep_the_contract() -> None:
    documents = InMemoryDocuments({_MAP: _BODY})
    assert documents.names == [_MAP]
    assert documents.read(Question(name=_MAP, day=date(2021, 8, 1), province=0)) == _BODY
