"""Every error has one meaning."""

from dataclasses import replace

import pyarrow as pa
import pytest

from deploy.local.clickhouse import EmbeddedClickHouse
from deploy.local.ports import free_ports
from schemas.kinds import VENUE
from schemas.landing import encode_block
from sinks.clickhouse_writer import ClickHouseWriter, connect
from sinks.config import SinkConfig
from sinks.errors import CODES, ErrorClass, SinkStopped, TryAgain, classify, exception_for
from sinks.writer import Insert
from tests.sinks.conftest import Database


@pytest.mark.parametrize("code", [252, 159, 160, 202, 203, 209, 210, 216, 241, 242, 319, 425, 999])
def test_overload_and_replication_pass(code: int) -> None:
    assert classify(code) is ErrorClass.RETRY
    assert isinstance(exception_for(code, "text"), TryAgain)


@pytest.mark.parametrize("code", [516, 497, 60, 81, 16])
def test_what_needs_a_person_stops_the_sink_and_says_what_to_do(code: int) -> None:
    failure = exception_for(code, "text")
    assert isinstance(failure, SinkStopped)
    assert failure.error_class is ErrorClass.STOP


def test_an_unknown_code_stops_the_sink() -> None:
    assert classify(123_456) is ErrorClass.STOP


def test_no_code_is_the_networks() -> None:
    assert classify(None) is ErrorClass.NETWORK


def test_refused_data_stops_the_sink_as_a_class_of_its_own() -> None:
    failure = exception_for(117, "text")
    assert isinstance(failure, SinkStopped)
    assert failure.error_class is ErrorClass.REJECT


@pytest.mark.integration
def test_the_names_are_the_engines_own(database: Database) -> None:
    codes = ", ".join(map(str, CODES))
    found = database.rows(f"SELECT n, errorCodeToName(n) FROM (SELECT arrayJoin([{codes}]) AS n)")  # noqa: S608 -- numbers of ours
    assert {int(str(code)): name for code, name in found} == {code: name for code, (_, name) in CODES.items()}


@pytest.mark.integration
def test_a_missing_table_says_to_migrate(database: Database) -> None:
    database.client.command(f"DROP TABLE `{database.name}`.ledger")
    with pytest.raises(SinkStopped, match="scanstream migrate"):
        ClickHouseWriter(database.client, database.name).mark(VENUE, 0)


@pytest.mark.integration
def test_a_missing_database_says_to_migrate(database: Database) -> None:
    with pytest.raises(SinkStopped, match="scanstream migrate"):
        ClickHouseWriter(database.client, "nowhere").mark(VENUE, 0)


@pytest.mark.integration
def test_columns_the_table_does_not_have_say_to_migrate(database: Database) -> None:
    block = encode_block(pa.table({"place_id": pa.array([1], pa.uint32()), "unheard_of": [1]}))
    with pytest.raises(SinkStopped, match="scanstream migrate"):
        ClickHouseWriter(database.client, database.name).insert(Insert(table="places", block=block))


@pytest.mark.integration
def test_data_of_another_type_is_refused(database: Database) -> None:
    block = encode_block(pa.table({"place_id": ["seven"]}))
    with pytest.raises(SinkStopped, match="refuses the data"):
        ClickHouseWriter(database.client, database.name).insert(Insert(table="places", block=block))


def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(TryAgain):
        connect(SinkConfig(kafka="", clickhouse_url=f"http://127.0.0.1:{free_ports(1)[0]}"))


@pytest.mark.integration
def test_a_wrong_password_stops_the_sink(clickhouse: EmbeddedClickHouse) -> None:
    config = SinkConfig(kafka="", clickhouse_url=clickhouse.url, clickhouse_user="nobody", clickhouse_password="x")  # noqa: S106 -- that is what's wrong
    with pytest.raises(SinkStopped, match="user and password"):
        connect(replace(config))
