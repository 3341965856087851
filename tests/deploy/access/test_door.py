"""The door: the engine's answers for those with access, and nothing for what the engine has no right for."""

import base64
import gzip
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest

from tests.deploy.access.conftest import Installation
from tests.deploy.access.world import HOME, PEOPLE
from tests.deploy.embedded.running import basic_auth

pytestmark = pytest.mark.integration

_REFUSED = """
    SELECT file('{file}')
    SELECT FILE('{file}')
    SELECT `\\x66ile`('{file}')
    SELECT arrayMap(file, ['{file}'])
    SELECT arrayMap(x -> file(x), ['{file}'])
    SELECT * APPLY(file) FROM (SELECT '{file}')
    SELECT * APPLY(x -> file(x)) FROM (SELECT '{file}')
    WITH file AS f SELECT arrayMap(f, ['{file}'])
    SELECT count() FROM declarations WHERE file('{file}') != ''
    SELECT count() FROM declarations HAVING file('{file}') != ''
    SELECT 1 ORDER BY file('{file}') LIMIT 1 FORMAT Null
    SELECT 1 UNION ALL SELECT file('{file}')
    EXPLAIN SELECT file('{file}')
    EXPLAIN SYNTAX SELECT file('{file}')
    DESCRIBE (SELECT file('{file}'))
    SELECT * FROM viewExplain('EXPLAIN', '', (SELECT file('{file}')))
    SELECT * FROM eval('SELECT file(''{file}'')')
    SELECT * FROM python('x')
    SELECT * FROM Python('x')
    SELECT 1 FROM numbers(1) WHERE 1 IN (SELECT * FROM python('x'))
    SELECT * FROM generateRandom('a Array(String)', 1, 1000000000)
    SELECT aiGenerate('x', map())
    SELECT 1 SETTINGS max_threads = 1
    SELECT 1; SELECT 2
    INSERT INTO declarations (subject) VALUES ('x')
    CREATE TABLE x (a Int8) ENGINE = Memory
    SYSTEM STOP MERGES
    SET max_threads = 1
"""


def _as(installed: Installation, role: str) -> dict[str, str]:
    return basic_auth(PEOPLE[role].name, installed.tokens[role])


async def _ask(door: aiohttp.ClientSession, auth: dict[str, str], query: str, **parameters: str) -> tuple[int, str]:
    async with door.post("/", data=query.encode(), headers=auth, params=parameters) as answer:
        return answer.status, await answer.text()


async def test_somebody_with_access_gets_the_engines_answer(
    door: aiohttp.ClientSession, installed: Installation
) -> None:
    auth = _as(installed, "commune")
    assert await _ask(door, auth, "SELECT subject FROM declarations") == (HTTPStatus.OK, f"{HOME.person}\n")
    asked = "SELECT count() AS n FROM declarations WHERE commune_code = {c:UInt16} FORMAT JSONEachRow"
    assert (await _ask(door, auth, asked, param_c=str(HOME.commune)))[1] in {'{"n":1}\n', '{"n":"1"}\n'}
    assert (await _ask(door, auth, "SELECT * FROM scans"))[0] == HTTPStatus.FORBIDDEN
    async with door.get("/", headers=auth, params={"query": "SHOW TABLES", "default_format": "JSONCompact"}) as answer:
        assert answer.headers["X-ClickHouse-Format"] == "JSONCompact"
        assert answer.headers["Content-Type"].startswith("application/json")


async def test_what_could_reach_beyond_the_tables_never_reaches_the_engine(
    door: aiohttp.ClientSession, installed: Installation, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_text("a secret of this machine")
    for line in _REFUSED.strip().splitlines():
        query = line.strip().replace("{file}", str(key))
        status, text = await _ask(door, _as(installed, "province_cdc"), query)
        assert status >= HTTPStatus.BAD_REQUEST, (query, text)
        assert key.read_text() not in text, query
    asked = f"SELECT arrayMap({{f:Identifier}}, ['{key}'])"
    assert (await _ask(door, _as(installed, "analyst"), asked, param_f="file"))[0] == HTTPStatus.FORBIDDEN
    assert installed.server.query("SELECT 1") == "1"
    journal = (installed.settings.data_dir / "access.log").read_text()
    assert '"refused": "The function file reads files of the server and is not let through."' in journal


async def test_nobody_else_is_let_in(door: aiohttp.ClientSession, installed: Installation) -> None:
    name, token = PEOPLE["commune"].name, installed.tokens["commune"]
    engine = installed.register.people()[name].engine_password
    for auth in (
        basic_auth(name, "wrong"), basic_auth("default", ""), basic_auth(name, engine),
        basic_auth(PEOPLE["district"].name, token),
    ):  # fmt: skip
        assert (await _ask(door, auth, "SELECT 1"))[0] == HTTPStatus.UNAUTHORIZED
    async with door.get("/", params={"query": "SELECT 1", "user": name, "password": token}) as answer:
        assert answer.status == HTTPStatus.UNAUTHORIZED


async def test_requests_that_hide_the_query_are_refused(door: aiohttp.ClientSession, installed: Installation) -> None:
    auth = _as(installed, "commune")
    for options in (
        {"data": gzip.compress(b"SELECT 1"), "headers": auth | {"Content-Encoding": "gzip"}},
        {"data": aiohttp.FormData({"query": "SELECT 1"}, default_to_multipart=True), "headers": auth},
        {"data": b"SELECT 1", "params": {"query": "SELECT 2"}, "headers": auth},
        {"data": b"", "headers": auth},
        {"data": b"\xff", "headers": auth},
        {"data": b"SELECT 1", "params": {"role": "scanstream_district"}, "headers": auth},
        {"data": b"SELECT 1", "params": {"decompress": "1"}, "headers": auth},
    ):
        async with door.post("/", **options) as answer:
            assert answer.status == HTTPStatus.BAD_REQUEST, options


async def test_the_engines_password_is_not_told(door: aiohttp.ClientSession, installed: Installation) -> None:
    person = installed.register.people()[PEOPLE["analyst"].name]
    sent = base64.b64encode(f"{person.name}:{person.engine_password}".encode()).decode()
    for query in ("SELECT getClientHTTPHeader('Authorization')", "SELECT currentRequestURL()", "SHOW GRANTS"):
        _, text = await _ask(door, _as(installed, "analyst"), query)
        assert sent not in text
        assert person.engine_password not in text


async def test_clickhouses_own_headers_and_ping_work(door: aiohttp.ClientSession, installed: Installation) -> None:
    headers = {"X-ClickHouse-User": PEOPLE["ops"].name, "X-ClickHouse-Key": installed.tokens["ops"]}
    async with door.post("/", data=b"SELECT count() FROM ledger", headers=headers) as answer:
        assert answer.status == HTTPStatus.OK
    async with door.get("/ping") as answer:
        assert await answer.text() == "Ok.\n"
