"""Load the kernels of people before they are needed."""

from typing import NamedTuple, cast

import numpy as np
from confluent_kafka import Message

from schemas.columns import Columns
from schemas.encode import encode_batch
from schemas.kinds import CORRECTION, FEEDS, Feed
from schemas.plan import plan_of
from streams.people.facts import STATUS_FEEDS
from streams.people.layout import People
from streams.people.loader import PeopleLoader
from streams.people.lookup import add_flags, passes_at
from streams.people.own_site import are_at_own_sites

_TOLD_MS, _LATER_MS = 1_622_523_600_000, 1_622_610_000_000
_TIMES = {"event_time": _TOLD_MS, "sent_at": _TOLD_MS, "received_at": 0, "valid_from": _TOLD_MS}
_ENDS = {"valid_until": _LATER_MS, "infectious_until": _LATER_MS}
_EVENTS = 8


class _Heard(NamedTuple):
    """As much of a message as the loader reads."""

    subject: bytes
    text: bytes

    def key(self) -> bytes:
        return self.subject

    def value(self) -> bytes:
        return self.text

    def timestamp(self) -> tuple[int, int]:
        return 0, _TOLD_MS

    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return 0


def warm_up_people() -> None:
    """Take generated events of each status feed in, withdraw those of one person, and look people up."""
    loader = PeopleLoader("", (), lambda _: None)
    for feed in FEEDS:
        if feed.name in STATUS_FEEDS:
            loader.take(feed, _heard(feed))
    loader.correct(_heard(CORRECTION))
    _look_up(loader.people)


def _heard(feed: Feed) -> list[Message]:
    """Return sound events of people whose numbers count from 1."""
    columns, count = Columns.empty(plan_of(feed), _EVENTS), np.arange(1, _EVENTS + 1, dtype=np.uint64)
    columns.integers[:], columns.fixed[:] = 1, count[:, None]
    for name, value in {**_TIMES, **_ENDS}.items():
        if name in columns.plan.integers:
            columns.integer(name)[:] = value
    # A link is with somebody else, and a correction is another event than the one it is of.
    for name in {"other", "replacement", "event_id" if feed == CORRECTION else "other"} & set(columns.plan.fixed):
        columns.words(name)[:] += np.uint64(_EVENTS)
    subjects, events = columns.words("subject"), encode_batch(columns)
    return [cast("Message", _Heard(subjects[row].tobytes(), events.message(row))) for row in range(_EVENTS)]


def _look_up(people: People) -> None:
    somebody, now = np.ones((1, 2), np.uint64), np.full(1, _TOLD_MS)
    add_flags(people, subjects=somebody, event_ms=now, flags=np.zeros(1, np.uint16))
    are_at_own_sites(people, subjects=somebody, places=now, is_site=np.zeros(1, np.bool_), communes=now, event_ms=now)
    passes_at(people, subjects=somebody, passes=somebody, event_ms=now)
