"""What clickhouse-connect's documentation promises of its asynchronous client holds against the embedded server."""

import asyncio

import pyarrow as pa
import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import DatabaseError

from tests.deploy.embedded.types import comparable, create_table, rows

pytestmark = pytest.mark.integration


@pytest.fixture
async def numbers(async_client: AsyncClient) -> str:
    """Make an empty table of a number and a text."""
    await async_client.command("CREATE TABLE numbers (n UInt64, t String) ENGINE = MergeTree ORDER BY n")
    return "numbers"


async def test_every_type_comes_back_as_it_went_in(async_client: AsyncClient) -> None:
    await async_client.command(create_table("everything"))
    await async_client.insert("everything", rows())
    found = (await async_client.query("SELECT * FROM everything")).result_rows
    assert [comparable(row) for row in found] == [comparable(row) for row in rows()]


async def test_many_queries_run_at_the_same_time(async_client: AsyncClient) -> None:
    async with asyncio.TaskGroup() as group:
        queries = [group.create_task(async_client.command(f"SELECT {n} + sleep(0.05)")) for n in range(8)]
    assert [query.result() for query in queries] == list(range(8))


async def test_arrow_raw_and_rows_go_into_one_table(async_client: AsyncClient, numbers: str) -> None:
    await async_client.insert_arrow(numbers, pa.table({"n": pa.array([1], pa.uint64()), "t": ["a"]}))
    await async_client.raw_insert(numbers, insert_block=b"2\tb\n", fmt="TabSeparated")
    await async_client.insert(numbers, [(3, "c")])
    found = await async_client.query("SELECT * FROM numbers ORDER BY n")
    assert found.result_rows == [(1, "a"), (2, "b"), (3, "c")]
    assert await async_client.raw_query("SELECT sum(n) FROM numbers", fmt="CSV") == b"6\n"


async def test_parameters_and_settings_reach_the_server(async_client: AsyncClient) -> None:
    query = "SELECT {n:UInt8}, getSetting('max_block_size')"
    result = await async_client.query(query, parameters={"n": 5}, settings={"max_block_size": 99})
    assert result.first_row == (5, 99)


async def test_blocks_of_rows_are_streamed(async_client: AsyncClient) -> None:
    query = "SELECT number FROM numbers(200000)"
    async with await async_client.query_row_block_stream(query, settings={"max_block_size": 10_000}) as blocks:
        sizes = [len(block) async for block in blocks]
    assert sum(sizes) == 200_000
    assert len(sizes) > 5


async def test_an_error_carries_its_code(async_client: AsyncClient) -> None:
    with pytest.raises(DatabaseError, match=r"Code: 60\b"):
        await async_client.query("SELECT * FROM nowhere")
