"""The view of people and the workers say what union-find does with the same events, landed as the sink lands them."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from schemas.enums import Flag, Lateness, Verdict
from schemas.kinds import LINK
from schemas.links import Link, people, person_of, subjects_of
from schemas.report_enums import CaseStatus, LinkAction
from schemas.rows import row_schema
from sinks.vault.people import same_person
from streams.people.index import PeopleIndex
from streams.people.lookup import add_flags
from tests.sinks.conftest import Database
from tests.streams.people.events import ID_HALVES, START_MS, add, add_links
from tests.streams.people.oracle import Case

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


def _of_cases(database: Database, numbers: Iterable[int]) -> dict[bytes, frozenset[bytes]]:
    """Return all subjects of each person one of whose subjects, one of these, becomes a case."""
    rows = [[subject(number), "ACCEPTED"] for number in numbers]
    database.client.insert("cases", rows, column_names=["subject", "verdict"], database=database.name)
    found = database.client.query(
        f"SELECT told_of, groupArray(hex(subject)) FROM `{database.name}`.case_subjects GROUP BY told_of",  # noqa: S608 -- our own name
        query_formats={"FixedString": "bytes"},
    )
    return {bytes(told): frozenset(map(bytes.fromhex, documents)) for told, documents in found.result_rows}


def _tied(chance: random.Random, pair: int) -> list[Link]:
    """Return events of one moment about two subjects, either first; many ids begin with equal bytes."""
    beginnings = chance.sample(ID_HALVES, 2)
    ids = {chance.choice(beginnings) + chance.choice(ID_HALVES) for _ in range(chance.randrange(1, 6))}
    one, other = chance.sample([2 * pair, 2 * pair + 1], 2)
    plain = link(one, other, at=START_MS, event=0)
    return [replace(plain, event_id=event_id, action=chance.choice(list(LinkAction))) for event_id in sorted(ids)]


def _joined_by_workers(links: list[Link], *, pairs: int) -> list[bool]:
    """Return of each pair whether a worker flags the second subject when the first becomes a case."""
    index, flags = PeopleIndex(), np.zeros(pairs, np.uint16)
    add_links(index, links)
    told = {"thing": 1, "told": START_MS, "infectious_from": 0, "infectious_until": 0}
    subjects = [int.from_bytes(subject(2 * pair), "little") for pair in range(pairs)]
    add(index, [Case(subject=one, status=CaseStatus.CONFIRMED, **told) for one in subjects])
    others = np.frombuffer(b"".join(subject(2 * pair + 1) for pair in range(pairs)), "<u8").reshape(-1, 2)
    add_flags(index.people, subjects=others, event_ms=np.full(pairs, START_MS), flags=flags)
    return [bool(bits & Flag.CASE) for bits in flags]


def test_events_of_one_moment_are_decided_alike_by_views_and_workers(database: Database) -> None:
    chance, pairs = random.Random(11), 400
    links = [one for pair in range(pairs) for one in _tied(chance, pair)]
    chance.shuffle(links)
    land(database, [replace(one, event_time_ms=0) for one in links])
    expected = people(links)
    joined = [subject(2 * pair) in expected for pair in range(pairs)]
    assert 0.3 * pairs < sum(joined) < 0.7 * pairs
    assert resolved(database) == expected
    assert _joined_by_workers(links, pairs=pairs) == joined
    assert _of_cases(database, range(0, 2 * pairs, 2)) == {
        subject(2 * pair): subjects_of(expected, person_of(expected, subject(2 * pair))) for pair in range(pairs)
    }
    database.client.database = database.name
    some = range(0, pairs, 40)
    assert [len(same_person(database.client, subject(2 * pair))) > 1 for pair in some] == [joined[it] for it in some]
    assert [_pseudonyms(database, subject(2 * pair)) for pair in some] == [1 + joined[pair] for pair in some]


def _pseudonyms(database: Database, of: bytes) -> int:
    """Return how many pseudonyms the views about one person look up."""
    asked = f"[toFixedString(unhex('{of.hex()}'), 16)]"
    return database.number(f"SELECT uniqExact(subject) FROM {{}}.pseudonyms_of(subjects = {asked})")  # noqa: S608 -- our own
