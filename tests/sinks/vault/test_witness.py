"""Both witnesses remember every entry they are told."""

import pytest

from schemas.audit import Entry, next_entry
from sinks.vault.witness import ClickHouseWitness, MemoryWitness, Witness
from tests.schemas.test_audit import a_log
from tests.sinks.conftest import Database


@pytest.fixture(params=["memory", pytest.param("clickhouse", marks=pytest.mark.integration)], name="witness")
def _witness(request: pytest.FixtureRequest) -> Witness:
    if request.param == "memory":
        return MemoryWitness()
    database: Database = request.getfixturevalue("vault_database")
    return ClickHouseWitness(database.client)


def test_what_a_witness_was_told_it_has_seen(witness: Witness) -> None:
    first, second, third = a_log(3)
    another: Entry = next_entry(first, third.act)
    assert witness.seen() == []
    witness.tell([])
    witness.tell([first, second])
    witness.tell([third])
    witness.tell([another])
    expected = [(it.number, it.hash) for it in (first, second, another, third)]
    assert sorted(witness.seen()) == sorted(expected)
