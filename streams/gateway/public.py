"""``GET /v1/public/…``: documents about areas and places that anybody may read, for maps and other systems."""

import asyncio
import gzip
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Protocol

from aiohttp import ETag, web

from schemas.admin_units import communes
from schemas.zone import VIETNAM
from streams.gateway.config import GatewayConfig
from streams.gateway.problem import Refusal, unavailable

_LOG = logging.getLogger(__name__)
_TYPES = {
    ".geojson": "application/geo+json",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8; header=present",
}
_PARAMETERS = ("date", "province")
# Some 15 MB at most: the largest, all communes, has 1 MB.
_KEPT = 16


class NoDocuments(Exception):
    """The documents can't be read now; the text is for the gateway's log, not for the public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A document by its name, of a day in Vietnam, of a province by its GSO code (0: all)."""

    name: str
    day: date
    province: int


class PublicDocuments(Protocol):
    """Where the documents come from."""

    @property
    def names(self) -> Sequence[str]:
        """Return the names of all documents; their endings tell GeoJSON, JSON and CSV."""
        ...

    def read(self, question: Question) -> bytes:
        """Return a document in UTF-8, or raise NoDocuments.

        Is called in a thread and may block, for one question after the other. The name is one of `names`, the province
        one there is, the day not in the future.
        """
        ...


@dataclass(frozen=True, slots=True)
class InMemoryDocuments:
    """Documents that are the same on all days and in all provinces."""

    bodies: Mapping[str, bytes]

    @property
    def names(self) -> Sequence[str]:
        return list(self.bodies)

    def read(self, question: Question) -> bytes:
        return self.bodies[question.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    body: bytes
    zipped: bytes
    etag: str
    read_ms: int


class Public:
    """The endpoints. Each document is read once and kept for `public_max_age_seconds`, however many ask for it.

    So asking again and again shows no single person come and go, and loads ClickHouse with one query at a time.
    """

    def __init__(self, *, config: GatewayConfig, documents: PublicDocuments, now_ms: Callable[[], int]) -> None:
        """Take the source of the documents, and the clock: milliseconds since 1970."""
        self._max_age_ms = config.public_max_age_seconds * 1_000
        self._origin = config.public_origin
        self._documents = documents
        self._now_ms = now_ms
        self._kept: OrderedDict[Question, _Kept] = OrderedDict()
        self._reading = asyncio.Lock()

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the endpoints."""
        router.add_get("/v1/public", self._index)
        router.add_get("/v1/public/{name}", self._document)

    async def _index(self, _request: web.Request) -> web.Response:
        return web.json_response({"documents": list(self._documents.names)}, headers=self._shared())

    async def _document(self, request: web.Request) -> web.Response:
        question = self._question(request)
        kept = await self._read(question)
        left_seconds = max(0, kept.read_ms + self._max_age_ms - self._now_ms()) // 1_000
        headers = self._shared() | {"Cache-Control": f"public, max-age={left_seconds}", "Vary": "Accept-Encoding"}
        response = _answer(request, kept, headers, question.name)
        response.etag = ETag(kept.etag, is_weak=True)  # weak: the same for both encodings
        return response

    def _shared(self) -> dict[str, str]:
        return {"Access-Control-Allow-Origin": self._origin} if self._origin else {}

    def _question(self, request: web.Request) -> Question:
        name = request.match_info["name"]
        if name not in self._documents.names:
            raise Refusal(HTTPStatus.NOT_FOUND, "There is no such document; GET /v1/public lists those there are.")
        if set(request.query) - set(_PARAMETERS):
            raise _wrong("A document takes the parameters `date` and `province` only.")
        today = datetime.fromtimestamp(self._now_ms() / 1_000, UTC).astimezone(VIETNAM).date()
        return Question(name=name, day=_day(request, today), province=_province(request))

    async def _read(self, question: Question) -> _Kept:
        async with self._reading:
            kept = self._kept.get(question)
            if kept is None or self._now_ms() - kept.read_ms >= self._max_age_ms:
                kept = await asyncio.to_thread(self._read_now, question)
                self._kept[question] = kept
            self._kept.move_to_end(question)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return kept

    def _read_now(self, question: Question) -> _Kept:
        read_ms = self._now_ms()
        try:
            body = self._documents.read(question)
        except NoDocuments as problem:
            _LOG.warning("a public document can't be read: %s", problem)
            raise unavailable("The documents can't be read at the moment; ask again later.") from None
        etag = hashlib.sha256(body).hexdigest()[:32]
        return _Kept(body=body, zipped=gzip.compress(body, 6, mtime=0), etag=etag, read_ms=read_ms)


def _answer(request: web.Request, kept: _Kept, headers: dict[str, str], name: str) -> web.Response:
    known = request.if_none_match or ()
    if any(tag.value in (kept.etag, "*") for tag in known):
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers["Content-Type"] = next(kind for ending, kind in _TYPES.items() if name.endswith(ending))
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=kept.zipped, headers=headers | {"Content-Encoding": "gzip"})
    return web.Response(body=kept.body, headers=headers)


def _day(request: web.Request, today: date) -> date:
    told = request.query.get("date")
    try:
        day = today if told is None else date.fromisoformat(told)
    except ValueError:
        raise _wrong("`date` must be a day like 2021-08-01.") from None
    if day > today:
        raise _wrong("`date` must not be in the future.")
    return day


def _province(request: web.Request) -> int:
    told = request.query.get("province", "0")
    known = {f"{unit.province_code:02}": unit.province_code for unit in communes()}
    if told != "0" and told not in known:
        raise _wrong(f"`province` must be one of {', '.join(known)}.")
    return known.get(told, 0)


def _wrong(detail: str) -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, detail)
