"""All subjects of a person are found from any of them."""

import re
import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sinks.vault.people import same_person
from tests.sinks.conftest import Database

pytestmark = pytest.mark.integration

_NOW = datetime(2021, 9, 1, tzinfo=UTC)
_LATER = datetime(2021, 9, 2, tzinfo=UTC)
_DOCUMENT = Path(__file__).parents[3] / "docs" / "identity.md"


def test_a_chain_is_found_from_each_of_its_subjects_as_the_view_has_it(vault_database: Database) -> None:
    a, b, c, d, apart = (secrets.token_bytes(16) for _ in range(5))
    _link(vault_database, (a, b), (c, b), (c, d), (d, apart))
    _link(vault_database, (apart, d), action="UNLINK", at=_LATER)
    for subject in (a, b, c, d):
        assert same_person(vault_database.client, subject) == {a, b, c, d}
    assert same_person(vault_database.client, apart) == {apart}
    answer = vault_database.client.query(
        "SELECT subject FROM people WHERE lower(hex(person)) = {person:String}",
        parameters={"person": min(a, b, c, d).hex()},
        query_formats={"FixedString": "bytes"},
    )
    assert {bytes(subject) for (subject,) in answer.result_rows} == {a, b, c, d}


def test_the_documents_query_counts_scans_by_person(vault_database: Database, one: bytes, other: bytes) -> None:
    lonely = b"5" * 16
    _link(vault_database, (one, other))
    scans = [[subject, "ACCEPTED"] for subject in (one, other, other, lonely)]
    vault_database.client.insert("scans", scans, column_names=["subject", "verdict"])
    (query,) = re.findall(r"^```sql\n(.+?)^```$", _DOCUMENT.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = vault_database.client.query(query, query_formats={"FixedString": "bytes"}).result_rows
    assert {bytes(who): scans for who, scans in found} == {min(one, other): 3, lonely: 1}


def _link(database: Database, *pairs: tuple[bytes, bytes], action: str = "LINK", at: datetime = _NOW) -> None:
    rows = [[subject, other, "ACCEPTED", action, at] for subject, other in pairs]
    columns = ["subject", "other", "verdict", "link_action", "event_time"]
    database.client.insert("identity_links", rows, column_names=columns)
