"""ClickHouse's HTTP interface as curl, a browser and Prometheus use it."""

import json
from collections.abc import Iterator

import pytest

from tests.deploy.embedded.compression import DECODERS, ENCODERS
from tests.deploy.embedded.running import RunningServer, basic_auth, send

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(("path", "start"), [("/ping", "Ok."), ("/", "Ok."), ("/replicas_status", "Ok.")])
def test_health_addresses_answer_without_credentials(server: RunningServer, path: str, start: str) -> None:
    with server.connection() as connection:
        answer = send(connection, "GET", path)
    assert (answer.status, answer.text[:3]) == (200, start)


@pytest.mark.parametrize("path", ["/play", "/dashboard"])
def test_a_browser_gets_a_page(server: RunningServer, path: str) -> None:
    answer = server.request("GET", path)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert b"<html" in answer.body


def test_prometheus_gets_the_metrics_of_the_engine(server: RunningServer) -> None:
    with server.connection() as connection:
        answer = send(connection, "GET", "/metrics")
    names = {line.split(" ")[0] for line in answer.text.splitlines() if not line.startswith("#")}
    assert answer.status == 200
    assert {
        "ClickHouseProfileEvents_InsertedRows",
        "ClickHouseMetrics_Query",
        "ClickHouseMetrics_MemoryTracking",
        "ClickHouseMetrics_PartsActive",
    } <= names


def test_a_query_is_taken_from_the_url_the_body_or_both(server: RunningServer) -> None:
    assert server.request("GET", query="SELECT 1").text == "1\n"
    assert server.request("POST", body=b"SELECT 2").text == "2\n"
    assert server.request("POST", body=b" 3", query="SELECT").text == "3\n"
    assert server.request("POST", body=iter([b"SELECT", b" 4"])).text == "4\n"


def test_the_format_comes_from_the_query_the_parameter_or_the_header(server: RunningServer) -> None:
    assert server.request("GET", query="SELECT 1 AS a FORMAT JSONEachRow").text == '{"a":1}\n'
    assert server.request("GET", query="SELECT 1 AS a", default_format="CSVWithNames").text == '"a"\n1\n'
    by_header = server.request("GET", query="SELECT 1 AS a", headers={"X-ClickHouse-Format": "JSONEachRow"})
    assert (by_header.text, by_header.headers["x-clickhouse-format"]) == ('{"a":1}\n', "JSONEachRow")


def test_parameters_settings_and_database_come_from_the_url(server: RunningServer, database: str) -> None:
    query = "SELECT {n:UInt8} + 1, {s:String}, getSetting('max_block_size'), currentDatabase()"
    answer = server.request("POST", body=query.encode(), param_n=1, param_s="ă'", max_block_size=77, database=database)
    assert answer.text == f"2\tă\\'\t77\t{database}\n"


def test_an_unknown_setting_is_an_error_with_its_code(server: RunningServer) -> None:
    answer = server.request("GET", query="SELECT 1", no_such_setting=1)
    assert answer.headers["x-clickhouse-exception-code"] == "115"


def test_an_answer_carries_the_headers_clients_read(server: RunningServer, database: str) -> None:
    server.query(f"CREATE TABLE {database}.t (a UInt8) ENGINE = MergeTree ORDER BY a")
    answer = server.request("POST", body=b"1\n2\n3\n", query=f"INSERT INTO {database}.t FORMAT TSV", query_id="mine-1")
    summary = json.loads(answer.headers["x-clickhouse-summary"])
    assert summary["written_rows"] == "3"
    assert answer.headers["x-clickhouse-query-id"] == "mine-1"
    selected = server.request("GET", query="SELECT 1")
    assert selected.headers["x-clickhouse-timezone"] == "UTC"
    assert selected.headers["x-clickhouse-server-display-name"]


def test_get_is_read_only_and_post_is_not(server: RunningServer, database: str) -> None:
    create = f"CREATE TABLE {database}.t (a UInt8) ENGINE = MergeTree ORDER BY a"
    refused = server.request("GET", query=create)
    assert refused.headers["x-clickhouse-exception-code"] == "164"
    assert server.request("POST", query=create, body=b"").status == 200


@pytest.mark.parametrize(
    ("query", "status", "code", "name"),
    [
        ("SELECT * FROM nowhere", 404, "60", "UNKNOWN_TABLE"),
        ("SELEC 1", 400, "62", "SYNTAX_ERROR"),
        ("SELECT nothing", 404, "47", "UNKNOWN_IDENTIFIER"),
        ("SELECT throwIf(1)", 500, "395", "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"),
        ("SELECT * FROM file('/etc/hostname', 'LineAsString')", 403, "497", "ACCESS_DENIED"),
    ],
)
def test_an_error_has_a_status_a_code_and_a_text(
    server: RunningServer, query: str, status: int, code: str, name: str
) -> None:
    answer = server.request("POST", body=query.encode())
    assert (answer.status, answer.headers["x-clickhouse-exception-code"]) == (status, code)
    assert answer.text.startswith(f"Code: {code}. DB::Exception: ")
    assert f"({name})" in answer.text


def test_credentials_come_as_basic_auth_headers_or_parameters(server: RunningServer) -> None:
    who = "SELECT currentUser()"
    with server.connection() as connection:
        by_headers = {"X-ClickHouse-User": server.user, "X-ClickHouse-Key": server.password}
        encoded = {name: value.encode() for name, value in by_headers.items()}
        assert send(connection, "GET", headers=encoded, query=who).text == f"{server.user}\n"  # type: ignore[arg-type]  # bytes do
        by_parameters = send(connection, "GET", query=who, user=server.user, password=server.password)
    assert by_parameters.text == f"{server.user}\n"
    assert server.request("GET", query=who).text == f"{server.user}\n"


@pytest.mark.parametrize("credentials", [("keeper", "wrong"), ("keeper", ""), ("nobody", ""), ("nobody", "x")])
def test_wrong_credentials_are_refused(server: RunningServer, credentials: tuple[str, str]) -> None:
    with server.connection() as connection:
        answer = send(connection, "GET", headers=basic_auth(*credentials), query="SELECT 1")
    assert answer.status in {401, 403}
    assert answer.headers["x-clickhouse-exception-code"] in {"516", "194"}


@pytest.mark.parametrize("credentials", [None, ("default", ""), ("default", "x")])
def test_nobody_but_the_engine_is_the_default_user(server: RunningServer, credentials: tuple[str, str] | None) -> None:
    headers = basic_auth(*credentials) if credentials else {}
    with server.connection() as connection:
        answer = send(connection, "POST", body=b"SELECT 1", headers=headers)
    assert (answer.status, answer.headers["x-clickhouse-exception-code"]) == (401, "194")


@pytest.mark.parametrize("encoding", ENCODERS)
def test_a_body_may_be_compressed(server: RunningServer, encoding: str) -> None:
    body = ENCODERS[encoding](b"SELECT " + b" " * 50_000 + b"501")
    assert server.request("POST", body=body, headers={"Content-Encoding": encoding}).text == "501\n"


@pytest.mark.parametrize("encoding", DECODERS)
def test_an_answer_is_compressed_when_the_client_asks_for_it(server: RunningServer, encoding: str) -> None:
    query = "SELECT number FROM numbers(100000)"
    headers = {"Accept-Encoding": encoding}
    answer = server.request("GET", query=query, enable_http_compression=1, headers=headers)
    assert answer.headers["content-encoding"] == encoding
    assert DECODERS[encoding](answer.body) == b"".join(b"%d\n" % number for number in range(100_000))


def test_native_block_compression_goes_out_and_comes_back(server: RunningServer, database: str) -> None:
    server.query(f"CREATE TABLE {database}.t (a UInt64) ENGINE = MergeTree ORDER BY a")
    blocks = server.request("GET", query="SELECT number AS a FROM numbers(1000) FORMAT Native", compress=1).body
    insert = f"INSERT INTO {database}.t FORMAT Native"
    assert server.request("POST", query=insert, decompress=1, body=blocks).status == 200
    assert server.query("SELECT sum(a) FROM t", database=database) == "499500"


def test_one_connection_serves_many_requests_and_survives_errors(server: RunningServer) -> None:
    with server.connection() as connection:
        for number in range(20):
            good = send(connection, "POST", body=f"SELECT {number}".encode(), headers=server.authorization)
            bad = send(connection, "POST", body=b"SELECT * FROM nowhere", headers=server.authorization)
            assert (good.text, bad.status) == (f"{number}\n", 404)


def test_a_session_keeps_its_settings_and_temporary_tables(server: RunningServer) -> None:
    server.query("CREATE TEMPORARY TABLE kept AS SELECT 7 AS a", session_id="s1")
    assert server.query("SELECT a FROM kept", session_id="s1") == "7"
    assert server.request("POST", body=b"SELECT a FROM kept", session_id="s2").status == 404


def test_a_large_answer_is_streamed_while_the_query_runs(server: RunningServer) -> None:
    with server.connection() as connection:
        query = "SELECT number, sleepEachRow(0.001) FROM system.numbers SETTINGS max_block_size = 100"
        connection.request("POST", "/?buffer_size=1", body=query, headers=server.authorization)
        response = connection.getresponse()
        assert response.read(6) == b"0\t0\n1\t"  # the query would run for ever


def test_a_failure_in_the_middle_of_an_answer_is_told_at_its_end(server: RunningServer) -> None:
    query = "SELECT throwIf(number = 500000) FROM numbers(1000000) SETTINGS max_block_size = 1000, max_threads = 1"
    waited = server.request("POST", body=query.encode(), wait_end_of_query=1)
    assert waited.headers["x-clickhouse-exception-code"] == "395"


def test_a_large_body_is_streamed_in(server: RunningServer, database: str) -> None:
    def lines() -> Iterator[bytes]:
        for start in range(0, 2_000_000, 100_000):
            yield b"".join(b"%d\n" % number for number in range(start, start + 100_000))

    server.query(f"CREATE TABLE {database}.t (a UInt64) ENGINE = MergeTree ORDER BY a")
    insert = f"INSERT INTO {database}.t FORMAT TSV"
    answer = server.request("POST", query=insert, body=lines())
    assert answer.status == 200
    assert server.query("SELECT count(), sum(a) FROM t", database=database) == f"2000000\t{sum(range(2_000_000))}"


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "TRACE", "BREW"])
def test_an_unknown_method_is_refused_and_the_server_lives_on(server: RunningServer, method: str) -> None:
    assert server.request(method, "/", body=b"").status >= 400
    assert server.request("GET", "/ping").text == "Ok.\n"


def test_an_address_that_is_too_long_is_refused_and_the_server_lives_on(server: RunningServer) -> None:
    assert server.request("GET", query="SELECT 1 " + " " * 2_000_000).status >= 400
    assert server.request("GET", "/ping").text == "Ok.\n"
