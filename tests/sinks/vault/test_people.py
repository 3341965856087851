"""All subjects of a person are found from any of them."""

from datetime import UTC, datetime

import pytest

from sinks.vault.people import same_person
from tests.sinks.conftest import Database

pytestmark = pytest.mark.integration


def test_a_chain_is_found_from_each_of_its_subjects(vault_database: Database, one: bytes, other: bytes) -> None:
    third, lonely = b"3" * 16, b"4" * 16
    now = datetime(2021, 9, 1, tzinfo=UTC)
    rows = [[subject, linked, "ACCEPTED", now] for subject, linked in ((one, other), (third, other))]
    vault_database.client.insert("identity_links", rows, column_names=["subject", "other", "verdict", "event_time"])
    for subject in (one, other, third):
        assert same_person(vault_database.client, subject) == {one, other, third}
    assert same_person(vault_database.client, lonely) == {lonely}
