"""The view of people says what union-find does with the same events, landed as the sink lands them."""

import random
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from schemas.enums import Lateness, Verdict
from schemas.kinds import LINK
from schemas.links import Link, people, person_of, subjects_of
from schemas.report_enums import LinkAction
from schemas.rows import row_schema
from tests.sinks.conftest import Database

pytestmark = pytest.mark.integration

_START = datetime(2021, 9, 1, tzinfo=UTC)


def subject(number: int) -> bytes:
    """Return the subject of a number, with bytes of every kind in it."""
    return random.Random(number).randbytes(16)


def link(one: int, other: int, *, at: int = 0, event: int, action: LinkAction = LinkAction.LINK) -> Link:
    """Return an event about two subjects."""
    return Link(event_id=subject(event), subject=subject(one), other=subject(other), event_time_ms=at, action=action)


def land(database: Database, links: list[Link], *, verdict: Verdict = Verdict.ACCEPTED) -> None:
    """Land events as the sink does: Arrow rows in the feed's schema."""
    blank = {field.name: _blank(field.type) for field in row_schema(LINK)}
    rows = [
        blank
        | {
            "event_id": it.event_id,
            "subject": it.subject,
            "other": it.other,
            "link_action": int(it.action),
            "event_time": _START + timedelta(milliseconds=it.event_time_ms),
            "logged_at": _START,
            "feed": LINK.code,
            "verdict": int(verdict),
            "lateness": int(Lateness.ON_TIME),
        }
        for it in links
    ]
    database.client.insert_arrow("identity_links", pa.Table.from_pylist(rows, row_schema(LINK)), database.name)


def _blank(type_: pa.DataType) -> object:
    return bytes(16) if type_ == pa.binary(16) else _START if pa.types.is_timestamp(type_) else 0


def resolved(database: Database) -> dict[bytes, bytes]:
    """Return what the view says."""
    found = database.client.query(
        f"SELECT subject, person FROM `{database.name}`.people",  # noqa: S608 -- our own name
        query_formats={"FixedString": "bytes"},
    )
    return {bytes(one): bytes(person) for one, person in found.result_rows}


def test_chains_rings_and_corrections_resolve_as_union_find_does(database: Database) -> None:
    land(database, [link(4_000, 4_001, event=4_002)], verdict=Verdict.RESCAN)
    assert resolved(database) == {}
    chance = random.Random(5)
    links = [
        link(
            chance.randrange(120),
            chance.randrange(120),
            at=chance.randrange(3),
            event=1_000 + number,
            action=chance.choices(list(LinkAction), [4, 1])[0],
        )
        for number in range(90)
    ]
    links += [link(number, number + 1, event=2_000 + number) for number in range(500, 512)]
    links += [link(512, 500, event=2_600), link(3_000, 3_000, event=2_601)]
    chance.shuffle(links)
    land(database, links)
    land(database, chance.choices(links, k=20))
    expected = people(links)
    assert len(set(expected.values())) > 10
    assert resolved(database) == expected
    assert _of_cases(database, [*range(0, 120, 3), 505, 3_000, 9_999]) == {
        subject(number): subjects_of(expected, person_of(expected, subject(number)))
        for number in [*range(0, 120, 3), 505, 3_000, 9_999]
    }


def _of_cases(database: Database, numbers: list[int]) -> dict[bytes, frozenset[bytes]]:
    """Return all subjects of each person one of whose subjects, one of these, becomes a case."""
    rows = [[subject(number), "ACCEPTED"] for number in numbers]
    database.client.insert("cases", rows, column_names=["subject", "verdict"], database=database.name)
    found = database.client.query(
        f"SELECT told_of, groupArray(hex(subject)) FROM `{database.name}`.case_subjects GROUP BY told_of",  # noqa: S608 -- our own name
        query_formats={"FixedString": "bytes"},
    )
    return {bytes(told): frozenset(map(bytes.fromhex, documents)) for told, documents in found.result_rows}
