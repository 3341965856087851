"""Follow the raw topics of the status feeds, of links and of corrections, and keep the index of people fresh."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from confluent_kafka import Message

from schemas.decode import OK, decode_batch, spans_of
from schemas.kinds import CORRECTION, Feed
from schemas.plan import plan_of
from streams.background import Background
from streams.batch import keys_match
from streams.corrections import Corrections, read_corrections
from streams.follow import Follower, Warn
from streams.people.facts import STATUS_FEEDS, facts_of
from streams.people.index import PeopleIndex
from streams.people.layout import People
from streams.people.sound import judge
from streams.rules.table import rule_of
from streams.window.rules import VERY_LATE_MS

_MOST_MESSAGES = 20_000
_FOLLOWED = STATUS_FEEDS | {CORRECTION.name}


@dataclass(slots=True)
class PeopleLoader(Background):
    """Follows those of `feeds` that say something of people in a thread; `people` is what is known by now.

    What a correction withdraws or replaces says nothing from when the correction is read.

    `ready` is set once everything that was in the topics at the start has been read; at once if there is no such feed.
    `taken` counts the events read. Events that are refused as dead letters say nothing here, either: they are reported
    through `warn`, once for those read together. While Kafka does not answer or a topic is missing, that is reported,
    and tried again.
    """

    name = "people"
    bootstrap: str
    feeds: Sequence[Feed]
    warn: Warn
    ready: threading.Event = field(default_factory=threading.Event)
    taken: int = 0
    _index: PeopleIndex = field(default_factory=PeopleIndex)
    _corrections: Corrections = field(default_factory=lambda: Corrections(keep_ms=VERY_LATE_MS))

    @property
    def people(self) -> People:
        """What is known of people; threads may look things up in it while more is added."""
        return self._index.people

    def _run(self) -> None:
        topics = {feed.topic: feed for feed in self.feeds if feed.name in _FOLLOWED}
        if not topics:
            self.ready.set()
            return
        follower = Follower(
            bootstrap=self.bootstrap,
            group="scanstream-people-reader",
            topics=list(topics),
            what="what is known of people",
            most_messages=_MOST_MESSAGES,
            warn=self.warn,
        )
        for messages, caught_up in follower.polls(self._stop):
            read: dict[str, list[Message]] = {}
            for message in messages:
                read.setdefault(message.topic(), []).append(message)
            for topic, told in read.items():
                feed = topics[topic]
                if feed.name == CORRECTION.name:
                    self.correct(told)
                else:
                    self.take(feed, told)
            if caught_up:
                self.ready.set()

    def take(self, feed: Feed, messages: Sequence[Message]) -> None:
        """Add what messages of one feed say."""
        columns, status = decode_batch(plan_of(feed), spans_of([message.value() or b"" for message in messages]))
        rule_of(feed).check(columns, status)
        keyed = keys_match(spans_of([message.key() or b"" for message in messages]), columns)
        logged_ms = np.array([message.timestamp()[1] for message in messages], np.int64)
        told_ms = judge(columns, status, keyed=keyed, logged_ms=logged_ms)
        sound = np.flatnonzero(status == OK)
        if refused := len(messages) - len(sound):
            first = messages[int(np.flatnonzero(status)[0])]
            where = f"{feed.topic}[{first.partition()}] offset {first.offset()}"
            self.warn(f"{refused} events say nothing of people, because they are refused; the first is at {where}")
        columns = columns.take(sound)
        withdrawn = self._corrections.all_withdrawn(columns.words("event_id"))
        found = facts_of(feed, columns, told_ms[sound], withdrawn=withdrawn)
        self._index.add(found.keys, found.facts, logged_ms=int(logged_ms.max()))
        self.taken += len(messages)

    def correct(self, messages: Sequence[Message]) -> None:
        """Withdraw or restore what messages of the corrections' feed are about."""
        heard = read_corrections(messages, wanted=lambda subjects: np.ones(len(subjects), np.bool_))
        logged_ms = max(message.timestamp()[1] for message in messages)
        for subject, event_id in self._corrections.hear(heard, logged_ms=logged_ms):
            withdrawn = self._corrections.withdrawn(event_id)
            self._index.mark(subject, event_id, withdrawn=withdrawn, logged_ms=logged_ms)
        self.taken += len(messages)
