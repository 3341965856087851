"""Keep the registry fresh: read reference topics and decisions on areas from their beginning and follow them."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from confluent_kafka import Message

from schemas.entity_key import entity_key
from schemas.kinds import AREAS, CORRECTION, DECISION, DEVICES, PLACES, REFERENCES, Reference
from schemas.wire import MalformedMessage, decode
from streams.background import Background
from streams.corrections import Corrections, Words, read_corrections
from streams.follow import Follower, Warn
from streams.registry.decisions import Decision, Told, read_decisions
from streams.registry.snapshot import Areas, Devices, Places, Record, Snapshot

_MOST_MESSAGES = 5_000
#: Pause after a rebuild, in times as long as that took: decisions that come one by one must not keep a core busy.
_REST = 10.0
#: The largest code of each field, by the width of its column.
_CODES = {"commune_code": 0xFFFF, "district_code": 0xFFFF, "province_code": 0xFF}
_TOPICS = (*(kind.topic for kind in REFERENCES), DECISION.topic, CORRECTION.topic)
_AREA = np.uint64(int.from_bytes(entity_key("area_code", 0)[:8], "little"))


@dataclass(slots=True)
class RegistryLoader(Background):
    """Follows the reference topics and the decisions on areas in a thread; `snapshot` is the newest whole picture.

    Decisions that a correction withdraws or replaces hold no more from when that is read.

    `ready` is set once everything that was in the topics at the start has been read. A malformed record is reported
    through `warn` and skipped: the entity keeps its former state. While Kafka does not answer or a topic is missing,
    that is reported, and tried again.
    """

    name = "registry"
    bootstrap: str
    warn: Warn
    clock: Callable[[], float] = time.monotonic
    ready: threading.Event = field(default_factory=threading.Event)
    snapshot: Snapshot = field(default_factory=lambda: Snapshot.build(places={}, areas={}, devices={}))
    _records: dict[str, dict[int, Record]] = field(default_factory=lambda: {kind.topic: {} for kind in REFERENCES})
    _decisions: dict[bytes, Decision] = field(default_factory=dict)
    _corrections: Corrections = field(default_factory=Corrections)
    _rested: float = 0.0

    def _run(self) -> None:
        follower = Follower(
            bootstrap=self.bootstrap,
            group="scanstream-registry-reader",
            topics=_TOPICS,
            what="the registry",
            most_messages=_MOST_MESSAGES,
            warn=self.warn,
        )
        changed: set[str] = set()
        for messages, caught_up in follower.polls(self._stop):
            for message in messages:
                if message.topic() not in (DECISION.topic, CORRECTION.topic):
                    self._take(message, changed)
            if corrections := [message for message in messages if message.topic() == CORRECTION.topic]:
                self._correct(corrections, changed)
            if told := [_told(message) for message in messages if message.topic() == DECISION.topic]:
                self._hear(told, changed)
            if caught_up:
                self._publish_in_time(changed)
                self.ready.set()

    def _take(self, message: Message, changed: set[str]) -> None:
        topic, key, value = message.topic(), message.key(), message.value()
        try:
            identity = int(key)
            if value is None:
                self._records[topic].pop(identity, None)
            else:
                self._records[topic][identity] = _record_of(topic, identity, value)
        except (MalformedMessage, TypeError, ValueError) as error:
            self.warn(f"{topic}[{message.partition()}] offset {message.offset()} is skipped: {error}")
        else:
            changed.add(topic)

    def _hear(self, told: list[Told], changed: set[str]) -> None:
        """Add the decisions among new events; those that were heard before change nothing."""
        new = {event_id: one for event_id, one in read_decisions(told).items() if event_id not in self._decisions}
        if new:
            self._decisions.update(new)
            changed.add(AREAS.topic)

    def _correct(self, messages: list[Message], changed: set[str]) -> None:
        """Hear corrections of decisions."""
        heard = read_corrections(messages, wanted=_are_areas)
        logged_ms = max(message.timestamp()[1] for message in messages)
        if any(event in self._decisions for _, event in self._corrections.hear(heard, logged_ms=logged_ms)):
            changed.add(AREAS.topic)

    def _standing(self) -> Iterable[Decision]:
        return (one for event_id, one in self._decisions.items() if not self._corrections.withdrawn(event_id))

    def _publish_in_time(self, changed: set[str]) -> None:
        """Publish what changed, unless that would take more than a tenth of a core; then a later call does."""
        began = self.clock()
        if not changed or began < self._rested:
            return
        self._publish(changed)
        changed.clear()
        self._rested = self.clock() + _REST * (self.clock() - began)

    def _publish(self, changed: set[str]) -> None:
        """Replace the snapshot, rebuilding only what changed."""
        old, records = self.snapshot, self._records
        self.snapshot = Snapshot(
            Places.build(records[PLACES.topic]) if PLACES.topic in changed else old.places,
            Areas.build(records[AREAS.topic], self._standing()) if AREAS.topic in changed else old.areas,
            Devices.build(records[DEVICES.topic]) if DEVICES.topic in changed else old.devices,
        )


def _are_areas(subjects: Words) -> npt.NDArray[np.bool_]:
    """Tell which subjects are keys of areas: they begin alike."""
    are: npt.NDArray[np.bool_] = subjects[:, 0] == _AREA
    return are


def _told(message: Message) -> Told:
    _, logged_ms = message.timestamp()
    return Told(message.key() or b"", message.value() or b"", logged_ms, message.partition(), message.offset())


def _record_of(topic: str, identity: int, value: bytes) -> Record:
    """Return the record of `identity`, which fits the snapshot's columns; raise MalformedMessage."""
    kind, record = decode(value)
    if not isinstance(kind, Reference) or kind.topic != topic:
        raise MalformedMessage(f"a record of kind {kind.name} does not belong there")
    if record[kind.key] != identity:
        raise MalformedMessage(f"its key is {identity}, its {kind.key} is {record[kind.key]}")
    levels = [("level", risk["level"], 0xFF) for risk in record.get("risk", ())]
    for name, code, most in [*((name, record.get(name, 0), most) for name, most in _CODES.items()), *levels]:
        if not 0 <= code <= most:
            raise MalformedMessage(f"{name} {code} is not between 0 and {most}")
    return record
