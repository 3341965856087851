"""Status events as the columns and the messages the product reads."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from schemas.decode import decode_batch, spans_of
from schemas.kinds import CASE, ISOLATION, LINK, PASS, VACCINATION, Feed
from schemas.links import Link
from schemas.plan import plan_of
from schemas.report_enums import CaseStatus, IsolationAction, PassAction
from schemas.wire import encode
from streams.people.facts import facts_of
from streams.people.index import PeopleIndex
from streams.window.rules import DAY_MS, HOUR_MS
from tests.schemas.samples import plain_record
from tests.streams.people.oracle import Case, Dose, Isolation, Pass, Status

#: A moment in August 2021.
START_MS = 1_627_776_000_000
_FEEDS: dict[type[Status], Feed] = {Isolation: ISOLATION, Case: CASE, Dose: VACCINATION, Pass: PASS}


def identity(number: int) -> bytes:
    """Return the 16 bytes of a person or a thing; 0 is nobody's."""
    return number.to_bytes(16, "little")


def feed_of(event: Status) -> Feed:
    """Return the feed an event is of."""
    return _FEEDS[type(event)]


def record_of(event: Status) -> dict[str, Any]:
    """Return an event's Avro record, sent at the moment it happened."""
    common = {
        "event_id": b"e" * 16,
        "subject": identity(event.subject),
        "event_time": event.told,
        "sent_at": event.told,
    }
    match event:
        case Isolation():
            own: dict[str, Any] = {
                "isolation_id": identity(event.thing),
                "action": event.action.name,
                "starts": event.starts,
                "days": event.days,
                "kind": event.kind.name,
                "site_id": event.site,
                "commune_code": event.commune,
            }
        case Case():
            own = {
                "case_id": identity(event.thing),
                "status": event.status.name,
                "infectious_from": event.infectious_from,
                "infectious_until": event.infectious_until,
            }
        case Dose():
            own = {"dose": event.dose, "given": event.given}
        case Pass():
            own = {
                "pass_id": identity(event.thing),
                "action": event.action.name,
                "valid_from": event.valid_from,
                "valid_until": event.valid_until,
            }
    return plain_record(feed_of(event)) | common | own


def add(index: PeopleIndex, events: Sequence[Status], *, logged_ms: int = START_MS) -> None:
    """Add events to an index, those of one kind side by side."""
    for kind, feed in _FEEDS.items():
        messages = [encode(feed, record_of(event)) for event in events if isinstance(event, kind)]
        if messages:
            columns, status = decode_batch(plan_of(feed), spans_of(messages))
            assert not status.any()
            found = facts_of(feed, columns, columns.integer("event_time"))
            index.add(found.keys, found.facts, logged_ms=logged_ms)


def link_record_of(link: Link) -> dict[str, Any]:
    """Return a link's Avro record, sent at the moment it happened."""
    return plain_record(LINK) | {
        "event_id": link.event_id,
        "subject": link.subject,
        "other": link.other,
        "link_action": link.action.name,
        "event_time": link.event_time_ms,
        "sent_at": link.event_time_ms,
    }


def add_links(index: PeopleIndex, links: Sequence[Link], *, logged_ms: int = START_MS) -> None:
    """Add links to an index, in their order."""
    columns, status = decode_batch(plan_of(LINK), spans_of([encode(LINK, link_record_of(link)) for link in links]))
    assert not status.any()
    found = facts_of(LINK, columns, columns.integer("event_time"))
    index.add(found.keys, found.facts, logged_ms=logged_ms)


#: Halves of ids whose order differs by how bytes are read: signed or not, from the first on or from the last.
ID_HALVES = [bytes([first, *bytes(6), last]) for first in (0, 1, 127, 128, 255) for last in (0, 1, 255)]


SUBJECTS, THINGS = st.integers(1, 3), st.integers(1, 2)
TIMES = st.sampled_from([START_MS + step * HOUR_MS for step in range(0, 96, 8)])
_SPANS = st.integers(1, 5).map(lambda eights: eights * 8 * HOUR_MS)


def _pass(*, subject: int, thing: int, told: int, action: PassAction, begins: int, span: int) -> Pass:
    until = begins + span
    return Pass(subject=subject, thing=thing, told=told, action=action, valid_from=begins, valid_until=until)


EVENTS: st.SearchStrategy[Status] = st.one_of(
    st.builds(
        Isolation,
        subject=SUBJECTS,
        thing=THINGS,
        told=TIMES,
        action=st.sampled_from(IsolationAction),
        starts=TIMES,
        days=st.integers(1, 3),
    ),
    st.builds(
        Case,
        subject=SUBJECTS,
        thing=THINGS,
        told=TIMES,
        status=st.sampled_from(CaseStatus),
        infectious_from=st.just(0) | TIMES,
        infectious_until=st.just(0) | TIMES.map(lambda time: time + 4 * DAY_MS) | TIMES,
    ),
    st.builds(Dose, subject=SUBJECTS, told=TIMES, dose=st.integers(1, 3), given=TIMES),
    st.builds(
        _pass,
        subject=SUBJECTS,
        thing=THINGS,
        told=TIMES,
        action=st.sampled_from(PassAction),
        begins=TIMES,
        span=_SPANS,
    ),
)
