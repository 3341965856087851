"""The door to the embedded engine for people: who are you, may this query be sent, and then the engine's own answer.

It speaks ClickHouse's HTTP interface. The engine knows each person as a user with their grants, row policies, quota and
a profile that lets no setting be changed; the door logs in as that user with a password the person never has, so there
is no other way to it. What the engine answers is passed on untouched.
"""

import base64
import binascii
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp
from aiohttp import web

from deploy.access.guard import Refused, check
from deploy.access.journal import Journal
from deploy.access.register import Person, Register
from deploy.user_error import UserError

_MOST_QUERY_BYTES = 1 << 20
_OURS = frozenset({"user", "password", "quota_key", "role", "profile", "session_id", "session_timeout", "decompress"})
_PASSED_ON = ("Content-Type", "Content-Encoding", "Date")
_TREE_FORMAT = "TSVRaw"
_ENGINE_SECONDS = 300.0


class _Rejected(Exception):
    """A request that gets an answer of the door's own."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class _Asked:
    person: Person
    statement: str
    parameters: Mapping[str, str]

    @property
    def values(self) -> dict[str, str]:
        """Return the values of the query's own parameters, which are part of its syntax tree."""
        return {name: value for name, value in self.parameters.items() if name.startswith("param_")}


class Door:
    """Handles requests; `engine_url` is the embedded engine's."""

    def __init__(
        self, *, register: Register, journal: Journal, engine_url: str, session: aiohttp.ClientSession
    ) -> None:
        """Take what it needs; the session must not decompress."""
        self._register, self._journal = register, journal
        self._url, self._session = engine_url.rstrip("/") + "/", session
        self._table_functions: frozenset[str] = frozenset()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one query, or say why not: 401 unknown person, 400 or 413 malformed, 403 refused, 502 no engine."""
        try:
            asked = await _read(request, self._register)
            await self._let_through(asked)
            return await self._pass_on(request, asked)
        except _Rejected as rejected:
            return _said(rejected.status, str(rejected))
        except Refused as refused:
            return _said(HTTPStatus.FORBIDDEN, str(refused), code=497)
        except UserError as problem:
            return _said(HTTPStatus.SERVICE_UNAVAILABLE, str(problem))
        except (aiohttp.ClientError, TimeoutError):
            return _said(HTTPStatus.BAD_GATEWAY, "The engine does not answer; try again in a few seconds.")

    async def _let_through(self, asked: _Asked) -> None:
        told = {"name": asked.person.name, "role": asked.person.role, "query": asked.statement}
        try:
            await self._judge(asked)
        except Refused as refused:
            self._journal.write(**told, refused=str(refused))
            raise
        self._journal.write(**told)

    async def _judge(self, asked: _Asked) -> None:
        if not self._table_functions:
            names = await self._small(asked.person, "SELECT name FROM system.table_functions", {})
            self._table_functions = frozenset(names.split())
        tree = await self._small(asked.person, f"EXPLAIN AST\n{asked.statement}", asked.values)
        check(tree, table_functions=self._table_functions)

    async def _small(self, person: Person, query: str, values: Mapping[str, str]) -> str:
        """Return an answer in the door's own format; one in another format is none, whoever asked for it."""
        parameters = {**values, "default_format": _TREE_FORMAT}
        headers = _login(person) | {"Accept-Encoding": "identity"}
        async with self._session.post(self._url, params=parameters, data=query.encode(), headers=headers) as answer:
            text = await answer.text()
            if answer.status != HTTPStatus.OK:
                raise _Rejected(HTTPStatus(answer.status), text.strip())
            if answer.headers.get("X-ClickHouse-Format") != _TREE_FORMAT:
                raise Refused("The engine did not say what this query is.")
            return text

    async def _pass_on(self, request: web.Request, asked: _Asked) -> web.StreamResponse:
        headers = _login(asked.person) | {"Accept-Encoding": request.headers.get("Accept-Encoding", "identity")}
        async with self._session.post(
            self._url,
            params=asked.parameters,
            data=asked.statement.encode(),
            headers=headers,
        ) as answer:
            response = web.StreamResponse(status=answer.status)
            for name, value in answer.headers.items():
                if name in _PASSED_ON or name.lower().startswith("x-clickhouse-"):
                    response.headers[name] = value
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                await response.write(piece)
            await response.write_eof()
            return response


_DOOR = web.AppKey("door", Door)


def application(*, register: Register, journal: Journal, engine_url: str) -> web.Application:
    """Return the door as an application of aiohttp; it also answers `/ping`, to anybody."""
    app = web.Application(client_max_size=_MOST_QUERY_BYTES)

    async def opened(app: web.Application) -> AsyncIterator[None]:
        timeout = aiohttp.ClientTimeout(total=_ENGINE_SECONDS)
        async with aiohttp.ClientSession(auto_decompress=False, timeout=timeout) as session:
            app[_DOOR] = Door(register=register, journal=journal, engine_url=engine_url, session=session)
            yield

    app.cleanup_ctx.append(opened)
    app.router.add_get("/ping", _ping)
    app.router.add_route("*", "/", _answer)
    return app


async def _answer(request: web.Request) -> web.StreamResponse:
    return await request.app[_DOOR].answer(request)


async def _ping(_request: web.Request) -> web.Response:
    return web.Response(text="Ok.\n")


async def _read(request: web.Request, register: Register) -> _Asked:
    if request.method not in {"GET", "POST"}:
        raise _Rejected(HTTPStatus.METHOD_NOT_ALLOWED, "Send queries with GET or POST.")
    person = register.who(*_credentials(request))
    if person is None:
        raise _Rejected(HTTPStatus.UNAUTHORIZED, "This is not the name and token of anybody with access.")
    if request.headers.get("Content-Encoding") or request.content_type.startswith("multipart/"):
        raise _Rejected(HTTPStatus.BAD_REQUEST, "Send the query plain: neither compressed nor as a form.")
    parameters = dict(request.query)
    if wrong := sorted(_OURS & parameters.keys()):
        raise _Rejected(HTTPStatus.BAD_REQUEST, f"Leave {', '.join(wrong)} out of the address.")
    given = [part for part in (parameters.pop("query", ""), await _body(request)) if part.strip()]
    if len(given) != 1:
        raise _Rejected(HTTPStatus.BAD_REQUEST, "Send one query, in the address or as the body.")
    return _Asked(person, given[0], parameters)


async def _body(request: web.Request) -> str:
    try:
        return (await request.read()).decode()
    except web.HTTPRequestEntityTooLarge:
        raise _Rejected(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The query is longer than a megabyte.") from None
    except UnicodeDecodeError:
        raise _Rejected(HTTPStatus.BAD_REQUEST, "The query must be text in UTF-8.") from None


def _credentials(request: web.Request) -> tuple[str, str]:
    """Return name and token as ClickHouse's own clients send them; never from the address, which is logged."""
    if "X-ClickHouse-User" in request.headers:
        return request.headers["X-ClickHouse-User"], request.headers.get("X-ClickHouse-Key", "")
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, token


def _login(person: Person) -> dict[str, str]:
    encoded = base64.b64encode(f"{person.name}:{person.engine_password}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


def _said(status: HTTPStatus, sentence: str, *, code: int = 0) -> web.Response:
    headers = {"X-ClickHouse-Exception-Code": str(code)} if code else {}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Basic realm="scanstream"'
    return web.Response(status=status, text=f"{sentence}\n", headers=headers)
