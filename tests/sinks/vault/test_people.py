"""All subjects of a person are found from any of them."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sinks.vault.people import same_person
from tests.sinks.conftest import Database

pytestmark = pytest.mark.integration

_DOCUMENT = Path(__file__).parents[3] / "docs" / "identity.md"


def test_a_chain_is_found_from_each_of_its_subjects(vault_database: Database, one: bytes, other: bytes) -> None:
    third, lonely = b"3" * 16, b"4" * 16
    _link(vault_database, (one, other), (third, other))
    for subject in (one, other, third):
        assert same_person(vault_database.client, subject) == {one, other, third}
    assert same_person(vault_database.client, lonely) == {lonely}


def test_the_documents_query_counts_scans_by_person(vault_database: Database, one: bytes, other: bytes) -> None:
    lonely = b"5" * 16
    _link(vault_database, (one, other))
    scans = [[subject, "ACCEPTED"] for subject in (one, other, other, lonely)]
    vault_database.client.insert("scans", scans, column_names=["subject", "verdict"])
    (query,) = re.findall(r"^```sql\n(.+?)^```$", _DOCUMENT.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = vault_database.client.query(query, query_formats={"FixedString": "bytes"}).result_rows
    assert {bytes(who): scans for who, scans in found} == {min(one, other): 3, lonely: 1}


def _link(database: Database, *pairs: tuple[bytes, bytes]) -> None:
    now = datetime(2021, 9, 1, tzinfo=UTC)
    rows = [[subject, other, "ACCEPTED", now] for subject, other in pairs]
    database.client.insert("identity_links", rows, column_names=["subject", "other", "verdict", "event_time"])
