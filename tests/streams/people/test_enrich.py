"""What scans get from people, and what a register of the population says of them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from schemas.columns import Columns
from schemas.decode import decode_batch, spans_of
from schemas.enums import Category, Flag, IdentityMatch, PassStatus
from schemas.kinds import CHECKPOINT, DECLARATION, SCANS, VENUE, Feed
from schemas.plan import plan_of
from schemas.report_enums import IsolationAction, PassAction
from schemas.wire import encode
from streams.people.enrich import PeopleLookup
from streams.people.index import PeopleIndex
from streams.people.population import UNKNOWN, Ints, Words
from streams.window.rules import DAY_MS
from tests.schemas.samples import plain_record
from tests.streams.people.events import START_MS, add, identity
from tests.streams.people.oracle import Isolation, Pass

OWNER, COUSIN, STRANGER, NOBODY = 1, 2, 3, 4
PASS, UNKNOWN_PASS = 70, 71


@dataclass
class Register:
    """A register by the numbers of its people: the owner's two documents are one person."""

    people_of: dict[int, int] = field(default_factory=lambda: {OWNER: 10, COUSIN: 10, STRANGER: 11})

    def people(self, subjects: Words) -> Ints:
        numbers = [int.from_bytes(subject.tobytes(), "little") for subject in subjects]
        return np.array([self.people_of.get(number, UNKNOWN) for number in numbers], np.int64)


def _index() -> PeopleIndex:
    index = PeopleIndex()
    add(
        index,
        [
            Isolation(subject=OWNER, thing=1, told=0, action=IsolationAction.ASSIGNED, starts=START_MS, days=14),
            Pass(
                subject=OWNER,
                thing=PASS,
                told=START_MS,
                action=PassAction.ISSUED,
                valid_from=START_MS,
                valid_until=START_MS + DAY_MS,
            ),
        ],
    )
    return index


def _columns(feed: Feed, *scans: dict[str, Any]) -> Columns:
    columns, status = decode_batch(
        plan_of(feed), spans_of([encode(feed, plain_record(feed) | {"token_kind": "CCCD"} | scan) for scan in scans])
    )
    assert not status.any()
    return columns


def _enriched(
    feed: Feed, *scans: dict[str, Any], register: Register | None = None, when: int = START_MS
) -> tuple[list[int], dict[str, list[int]]]:
    index, flags = _index(), np.full(len(scans), Flag.OFFLINE, np.uint16)
    lookup = PeopleLookup(people=lambda: index.people, population=register)
    order = np.arange(len(scans))[::-1]
    added = lookup.enrich(
        feed,
        _columns(feed, *scans),
        order=order,
        event_ms=np.full(len(scans), when),
        flags=flags,
        of_place={"category": np.full(len(scans), Category.HOTEL), "commune": np.zeros(len(scans))},
    )
    return flags[::-1].tolist(), {name: column[::-1].tolist() for name, column in added.items()}


@pytest.mark.parametrize("feed", SCANS, ids=lambda feed: feed.name)
def test_a_scan_of_any_feed_is_flagged_beside_the_flags_it_has(feed: Feed) -> None:
    flags, _ = _enriched(feed, {"subject": identity(OWNER)}, {"subject": identity(COUSIN)})
    assert flags == [Flag.OFFLINE | Flag.ISOLATED, Flag.OFFLINE]


def test_a_report_is_not() -> None:
    assert _enriched(DECLARATION, {"subject": identity(OWNER)}) == ([Flag.OFFLINE], {})


def test_only_a_checkpoints_scans_have_a_passes_state() -> None:
    assert _enriched(VENUE, {"subject": identity(OWNER)})[1] == {}
    _, added = _enriched(CHECKPOINT, {"subject": identity(OWNER)}, {"subject": identity(STRANGER)})
    assert added == {
        "pass_status": [PassStatus.VALID, PassStatus.NONE],
        "identity_match": [IdentityMatch.UNCHECKED, IdentityMatch.UNCHECKED],
    }


@pytest.mark.parametrize(
    ("subject", "shown", "match"),
    [
        (OWNER, PASS, IdentityMatch.MATCHED),
        (COUSIN, PASS, IdentityMatch.MATCHED),
        (STRANGER, PASS, IdentityMatch.MISMATCH),
        (NOBODY, PASS, IdentityMatch.NOT_FOUND),
        (STRANGER, 0, IdentityMatch.MATCHED),
        (NOBODY, 0, IdentityMatch.NOT_FOUND),
        (OWNER, UNKNOWN_PASS, IdentityMatch.UNCHECKED),
        (NOBODY, UNKNOWN_PASS, IdentityMatch.NOT_FOUND),
    ],
)
def test_a_person_is_who_the_pass_was_issued_to_if_the_register_says_so(
    subject: int, shown: int, match: IdentityMatch
) -> None:
    scan = {"subject": identity(subject), "pass_id": identity(shown)}
    assert _enriched(CHECKPOINT, scan, register=Register())[1]["identity_match"] == [match]


def test_who_showed_no_document_is_not_compared() -> None:
    scan = {"subject": identity(NOBODY), "token_kind": "ANON"}
    assert _enriched(CHECKPOINT, scan, register=Register())[1]["identity_match"] == [IdentityMatch.UNCHECKED]


def test_a_pass_of_two_people_matches_either() -> None:
    index = _index()
    again = Pass(
        subject=STRANGER,
        thing=PASS,
        told=START_MS + 5,
        action=PassAction.RENEWED,
        valid_from=START_MS,
        valid_until=START_MS + DAY_MS,
    )
    add(index, [again])
    columns = _columns(
        CHECKPOINT, *({"subject": identity(who), "pass_id": identity(PASS)} for who in (OWNER, STRANGER))
    )
    lookup = PeopleLookup(people=lambda: index.people, population=Register())
    added = lookup.enrich(
        CHECKPOINT,
        columns,
        order=np.arange(2),
        event_ms=np.full(2, START_MS),
        flags=np.zeros(2, np.uint16),
        of_place={"category": np.full(2, Category.HOTEL), "commune": np.zeros(2)},
    )
    assert added["identity_match"].tolist() == [IdentityMatch.MATCHED, IdentityMatch.MATCHED]
