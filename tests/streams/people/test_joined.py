"""Corrected events and linked documents, compared with a plain reading: events left out, people renamed."""

import random
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import Flag, PassStatus
from schemas.kinds import CASE, FEEDS, LINK
from schemas.links import Link, people
from schemas.report_enums import CaseStatus, LinkAction, PassAction
from schemas.wire import encode
from streams.people.index import PeopleIndex
from streams.people.layout import MOST_RECORDS
from streams.people.loader import PeopleLoader
from streams.people.lookup import add_flags, passes_at
from streams.window.rules import DAY_MS, HOUR_MS
from tests.streams.correction_messages import Message, correction, withdrawn
from tests.streams.people.events import (
    EVENTS,
    ID_HALVES,
    START_MS,
    SUBJECTS,
    THINGS,
    TIMES,
    add_links,
    feed_of,
    identity,
    link_record_of,
    record_of,
)
from tests.streams.people.events import add as add_events
from tests.streams.people.oracle import Case, Dose, Pass, Status, flags_at, pass_status_at

_PEOPLE = 3
_LOGGED_MS = START_MS + 6 * DAY_MS
Told = tuple[int, int, int, LinkAction]


def _event_id(number: int) -> bytes:
    return b"event" + number.to_bytes(11, "big")


def _told(number: int, event: Status) -> tuple[str, Message]:
    record = record_of(event) | {"event_id": _event_id(number)}
    feed = feed_of(event)
    return feed.name, Message(record["subject"], encode(feed, record), _LOGGED_MS, feed.topic)


def _link(number: int, told: Told) -> Link:
    one, other, at, action = told
    return Link(
        event_id=b"the link" + number.to_bytes(8, "big"),
        subject=identity(one),
        other=identity(other),
        event_time_ms=at,
        action=action,
    )


def _linked(link: Link) -> tuple[str, Message]:
    return LINK.name, Message(link.subject, encode(LINK, link_record_of(link)), _LOGGED_MS, LINK.topic)


def _loader() -> PeopleLoader:
    return PeopleLoader("nowhere:1", FEEDS, _fail)


def _fail(warning: str) -> None:
    raise AssertionError(warning)


def _hear(loader: PeopleLoader, heard: tuple[str, Message]) -> None:
    name, message = heard
    if name == "correction":
        loader.correct([message])
    else:
        loader.take(next(feed for feed in FEEDS if feed.name == name), [message])


def _flags(loader: PeopleLoader, when: int) -> list[int]:
    words = np.frombuffer(b"".join(identity(who) for who in range(1, _PEOPLE + 1)), "<u8").reshape(-1, 2)
    flags = np.zeros(_PEOPLE, np.uint16)
    add_flags(loader.people, subjects=words, event_ms=np.full(_PEOPLE, when), flags=flags)
    return [int(bits) for bits in flags]


def _passes(loader: PeopleLoader, named: int, when: int) -> list[int]:
    words = np.frombuffer(b"".join(identity(who) for who in range(1, _PEOPLE + 1)), "<u8").reshape(-1, 2)
    passes = np.tile(np.frombuffer(identity(named), "<u8"), (_PEOPLE, 1))
    status, _ = passes_at(loader.people, subjects=words, passes=passes, event_ms=np.full(_PEOPLE, when))
    return [int(state) for state in status]


def _acceptable(event: Status) -> Status:
    """Return an event the pipeline does not refuse."""
    if isinstance(event, Dose):
        return replace(event, given=min(event.given, event.told))
    if isinstance(event, Case) and event.infectious_until <= event.infectious_from:
        return replace(event, infectious_until=0)
    return event


def _end(corrected: dict[int, int], target: int) -> int:
    """Return the event a chain of corrections ends with: all of them are of its subject."""
    for _ in corrected:
        target = corrected.get(target, target)
    return target


_LINKS = st.lists(
    st.tuples(SUBJECTS, SUBJECTS, TIMES, st.sampled_from(LinkAction)).filter(lambda told: told[0] != told[1]),
    max_size=5,
)
#: Ids of corrections are those above the events': a correction may be of an event or of another correction.
_CORRECTED = st.dictionaries(st.integers(20, 25), st.integers(0, 9) | st.integers(20, 25), max_size=5)


@given(
    st.lists(EVENTS.map(_acceptable), max_size=10),
    _CORRECTED,
    _LINKS,
    st.tuples(st.just(0) | THINGS, TIMES),
    st.randoms(use_true_random=False),
)
def test_in_any_order_corrections_and_links_leave_what_the_views_say(
    events: list[Status],
    corrected: dict[int, int],
    links: list[Told],
    asked: tuple[int, int],
    chance: random.Random,
) -> None:
    named, when = asked
    owner = {number: event.subject for number, event in enumerate(events)}
    joined = [_link(number, told) for number, told in enumerate(links)]
    heard = [_told(number, event) for number, event in enumerate(events)] + [_linked(link) for link in joined]
    pairs = [(_event_id(number), _event_id(target)) for number, target in corrected.items()]
    for number, target in corrected.items():
        subject = identity(owner.get(_end(corrected, target), 1))
        heard.append(("correction", correction(_event_id(number), _event_id(target), subject=subject, at_ms=START_MS)))

    loader = _loader()
    for one in chance.sample([*heard, *heard], 2 * len(heard)):
        _hear(loader, one)

    gone = withdrawn(pairs)
    standing = [event for number, event in enumerate(events) if _event_id(number) not in gone]
    person = people(joined)
    of = {identity(who): int.from_bytes(person.get(identity(who), identity(who)), "little") for who in (1, 2, 3)}
    renamed = [replace(event, subject=of[identity(event.subject)]) for event in standing]
    assert _flags(loader, when) == [flags_at(renamed, subject=of[identity(who)], when=when) for who in (1, 2, 3)]
    assert _passes(loader, named, when) == [
        pass_status_at(renamed, subject=of[identity(who)], named=named, when=when) for who in (1, 2, 3)
    ]


def _case(subject: int, told: int = START_MS) -> Case:
    return Case(
        subject=subject,
        thing=1,
        told=told,
        status=CaseStatus.CONFIRMED,
        infectious_from=0,
        infectious_until=0,
    )


def test_a_second_document_is_flagged_as_the_first_from_the_link_on_and_no_more_when_it_is_taken_back() -> None:
    loader, later = _loader(), START_MS + HOUR_MS
    _hear(loader, _told(0, _case(1)))
    assert _flags(loader, later) == [Flag.CASE, 0, 0]
    _hear(loader, _linked(_link(1, (2, 1, START_MS, LinkAction.LINK))))
    _hear(loader, _linked(_link(2, (2, 3, START_MS, LinkAction.LINK))))
    assert _flags(loader, later) == [Flag.CASE] * 3
    _hear(loader, _linked(_link(3, (1, 2, later, LinkAction.UNLINK))))
    assert _flags(loader, later) == [Flag.CASE, 0, 0]
    _hear(loader, _told(4, _case(3)))
    assert _flags(loader, later) == [Flag.CASE] * 3


@given(
    st.lists(
        st.tuples(
            st.tuples(st.sampled_from(ID_HALVES), st.sampled_from(ID_HALVES)),
            st.sampled_from(LinkAction),
            st.booleans(),
        ),
        min_size=1,
        unique_by=lambda told: told[0],
    ),
    st.randoms(use_true_random=False),
)
def test_of_links_told_at_once_the_one_with_the_greatest_id_counts(
    told: list[tuple[tuple[bytes, bytes], LinkAction, bool]], chance: random.Random
) -> None:
    plain = [replace(_link(0, (1, 2, START_MS, action)), event_id=b"".join(halves)) for halves, action, _ in told]
    links = [
        replace(link, subject=link.other, other=link.subject) if turned else link
        for link, (_, _, turned) in zip(plain, told, strict=True)
    ]
    index = PeopleIndex()
    add_links(index, chance.sample(links, len(links)))
    add_events(index, [_case(1)])
    flags = np.zeros(1, np.uint16)
    add_flags(
        index.people,
        subjects=np.frombuffer(identity(2), "<u8").reshape(1, 2),
        event_ms=np.full(1, START_MS),
        flags=flags,
    )
    assert flags[0] == (Flag.CASE if people(links) else 0)


def test_a_pass_that_was_issued_by_mistake_is_none_under_its_number_either() -> None:
    loader = _loader()
    granted = Pass(
        subject=1,
        thing=2,
        told=START_MS,
        action=PassAction.ISSUED,
        valid_from=START_MS,
        valid_until=START_MS + DAY_MS,
    )
    _hear(loader, _told(0, granted))
    assert _passes(loader, 2, START_MS) == [PassStatus.VALID] * 3
    _hear(loader, ("correction", correction(b"c" * 16, _event_id(0), subject=identity(1), at_ms=START_MS)))
    assert (_passes(loader, 2, START_MS), _passes(loader, 0, START_MS)) == ([PassStatus.NONE] * 3, [0, 0, 0])
    _hear(loader, ("correction", correction(b"d" * 16, b"c" * 16, subject=identity(1), at_ms=START_MS)))
    assert _passes(loader, 2, START_MS) == [PassStatus.VALID] * 3


def test_links_of_many_people_survive_the_growing_of_the_index() -> None:
    index = PeopleIndex()
    loader = _loader()
    loader._index = index
    pairs = 3_000
    links = [_linked(_link(number, (number, number + pairs, START_MS, LinkAction.LINK))) for number in range(1, pairs)]
    loader.take(LINK, [message for _, message in links])
    for numbers in (range(1, pairs, 3), range(2, pairs, 3)):
        loader.take(CASE, [_told(number, _case(number))[1] for number in numbers])
    others = np.frombuffer(b"".join(identity(number + pairs) for number in range(1, pairs)), "<u8").reshape(-1, 2)
    flags = np.zeros(len(others), np.uint16)
    add_flags(loader.people, subjects=others, event_ms=np.full(len(others), START_MS), flags=flags)
    assert flags.tolist() == [Flag.CASE if number % 3 else 0 for number in range(1, pairs)]


def test_a_person_of_many_documents_and_events_takes_bounded_room() -> None:
    loader = _loader()
    for number in range(2, 12):
        _hear(loader, _linked(_link(number, (1, number, START_MS, LinkAction.LINK))))
    for number in range(3 * MOST_RECORDS):
        _hear(loader, _told(number, _case(number % 10 + 1, told=START_MS + number)))
    assert _flags(loader, START_MS + DAY_MS) == [Flag.CASE] * 3
