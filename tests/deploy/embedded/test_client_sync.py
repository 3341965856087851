"""What clickhouse-connect's documentation promises of its synchronous client holds against the embedded server."""

from datetime import UTC, datetime

import clickhouse_connect
import pyarrow as pa
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, StreamFailureError

from deploy.local.ports import LOOPBACK
from tests.deploy.embedded.compression import ENCODERS
from tests.deploy.embedded.running import RunningServer
from tests.deploy.embedded.types import COLUMNS, comparable, create_table, rows

pytestmark = pytest.mark.integration


@pytest.fixture
def numbers(client: Client) -> str:
    """Make an empty table of a number and a text."""
    client.command("CREATE TABLE numbers (n UInt64, t String) ENGINE = MergeTree ORDER BY n")
    return "numbers"


def test_every_type_comes_back_as_it_went_in(client: Client) -> None:
    client.command(create_table("everything"))
    client.insert("everything", rows())
    found = client.query("SELECT * FROM everything").result_rows
    assert [comparable(row) for row in found] == [comparable(row) for row in rows()]


@pytest.mark.parametrize("type_name", COLUMNS)
def test_columns_are_read_and_written_by_column(client: Client, type_name: str) -> None:
    client.command(f"CREATE TABLE one (v {type_name}) ENGINE = MergeTree ORDER BY tuple()")
    values = list(COLUMNS[type_name])
    client.insert("one", [values], column_oriented=True)
    assert comparable(client.query("SELECT v FROM one").result_columns[0]) == comparable(values)


def test_commands_return_one_value_or_a_row(client: Client, numbers: str) -> None:
    assert client.command("SELECT 7") == 7
    assert client.command("SELECT 'a', 'b'") == ["a", "b"]
    assert client.command(f"EXISTS TABLE {numbers}") == 1


@pytest.mark.parametrize("compress", ["lz4", "zstd", "gzip", False])
def test_every_compression_of_the_client_works_both_ways(
    server: RunningServer, database: str, compress: str | bool
) -> None:
    client = clickhouse_connect.get_client(
        host=LOOPBACK,
        port=server.port,
        username=server.user,
        password=server.password,
        database=database,
        compress=compress,
    )
    client.command("CREATE TABLE t (n UInt64, t String) ENGINE = MergeTree ORDER BY n")
    client.insert("t", [(n, "text " * 20) for n in range(20_000)])
    assert client.query("SELECT count(), sum(n), uniq(t) FROM t").result_rows == [(20_000, 199_990_000, 1)]
    assert len(client.query("SELECT * FROM t").result_rows) == 20_000
    client.close()


def test_parameters_are_bound_by_the_server(client: Client) -> None:
    query = (
        "SELECT {n:Int32} + 1, {s:String}, {d:DateTime64(3)}, {a:Array(String)}, {i:Identifier}.dummy FROM system.one"
    )
    parameters = {"n": 1, "s": "it's \\ 'ă'", "d": datetime(2021, 8, 1, tzinfo=UTC), "a": ["x", "y'"], "i": "one"}
    row = client.query(query, parameters=parameters).result_rows[0]
    assert row[:2] == (2, "it's \\ 'ă'")
    assert row[3] == ["x", "y'"]


def test_settings_go_with_a_query_and_with_the_client(client: Client) -> None:
    assert client.command("SELECT getSetting('max_block_size')", settings={"max_block_size": 123}) == 123
    client.set_client_setting("max_block_size", 456)
    assert client.command("SELECT getSetting('max_block_size')") == 456


def test_a_summary_counts_what_was_written(client: Client, numbers: str) -> None:
    assert client.insert(numbers, [(1, "a"), (2, "b")]).written_rows == 2


@pytest.mark.usefixtures("numbers")
def test_blocks_of_rows_and_columns_are_streamed(client: Client) -> None:
    client.command("INSERT INTO numbers SELECT number, toString(number) FROM numbers(200000)")
    settings = {"max_block_size": 10_000}
    ordered = "SELECT * FROM numbers ORDER BY n"
    with client.query_row_block_stream(ordered, settings=settings) as blocks:
        sizes = [len(block) for block in blocks]
    assert sum(sizes) == 200_000
    assert len(sizes) > 5
    with client.query_rows_stream(ordered) as streamed:
        assert all(row == (n, str(n)) for n, row in enumerate(streamed))
    with client.query_column_block_stream(ordered, settings=settings) as columns:
        assert sum(sum(block[0]) for block in columns) == sum(range(200_000))


def test_a_stream_may_be_left_early_and_the_connection_used_again(client: Client) -> None:
    with client.query_row_block_stream("SELECT number FROM numbers(50000000)") as blocks:
        assert next(iter(blocks))
    assert client.command("SELECT 1") == 1


def test_a_failure_in_the_middle_of_a_stream_is_raised(client: Client) -> None:
    query = "SELECT throwIf(number = 3000000) FROM numbers(4000000) SETTINGS max_block_size = 65536, max_threads = 1"
    with pytest.raises((StreamFailureError, DatabaseError)), client.query_row_block_stream(query) as blocks:
        for _ in blocks:
            pass


def test_arrow_goes_in_and_comes_out(client: Client, numbers: str) -> None:
    table = pa.table({"n": pa.array([1, 2, 3], pa.uint64()), "t": ["a", "b", "c"]})
    client.insert_arrow(numbers, table)
    found = client.query_arrow("SELECT * FROM numbers ORDER BY n", use_strings=True)
    assert found.to_pydict() == table.to_pydict()
    with client.query_arrow_stream("SELECT * FROM numbers", use_strings=True) as stream:
        assert sum(batch.num_rows for batch in stream) == 3


@pytest.mark.parametrize("compression", ENCODERS)
def test_raw_bytes_go_in_compressed_and_come_out(client: Client, numbers: str, compression: str) -> None:
    lines = b"1\ta\n2\tb\n"
    body = ENCODERS[compression](lines)
    client.raw_insert(numbers, insert_block=body, fmt="TabSeparated", compression=compression)
    assert client.raw_query("SELECT * FROM numbers ORDER BY n", fmt="TabSeparated") == lines
    with client.raw_stream("SELECT * FROM numbers ORDER BY n", fmt="CSV") as stream:
        assert stream.read() == b'1,"a"\n2,"b"\n'


def test_a_raw_insert_may_be_a_generator(client: Client, numbers: str) -> None:
    client.raw_insert(numbers, insert_block=(b"%d\tx\n" % n for n in range(1000)), fmt="TabSeparated")
    assert client.command(f"SELECT count() FROM {numbers}") == 1000  # noqa: S608 -- a name of ours


@pytest.mark.parametrize(
    ("query", "code"),
    [("SELECT * FROM nowhere", 60), ("SELEC", 62), ("SELECT 1 SETTINGS nothing = 1", 115), ("SELECT {p:UInt8}", 456)],
)
def test_an_error_carries_its_code(client: Client, query: str, code: int) -> None:
    with pytest.raises(DatabaseError, match=rf"Code: {code}\b"):
        client.command(query)


def test_a_wrong_password_is_refused_with_code_516(server: RunningServer) -> None:
    with pytest.raises(DatabaseError, match="516"):
        clickhouse_connect.get_client(host=LOOPBACK, port=server.port, username=server.user, password="wrong")  # noqa: S106 -- that's what's wrong


def test_an_insert_of_the_wrong_shape_leaves_nothing(client: Client, numbers: str) -> None:
    with pytest.raises(DatabaseError):
        client.raw_insert(numbers, insert_block=b"1\ta\nno number\tb\n", fmt="TabSeparated")
    assert client.command(f"SELECT count() FROM {numbers}") == 0  # noqa: S608 -- a name of ours


def test_a_large_result_arrives_whole(client: Client) -> None:
    columns = client.query("SELECT number, toString(number) FROM numbers(1000000)").result_columns
    assert sum(columns[0]) == sum(range(1_000_000))
    assert columns[1][-1] == "999999"
