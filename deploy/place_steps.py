"""Steps in the lives of places, as events on their feed: registered, its code issued, posted, closed and so on."""

import hashlib
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy.kafka.publish import NotAcknowledged, publish_all
from deploy.places import Place
from deploy.user_error import UserError
from schemas.entity_key import entity_key
from schemas.kinds import PLACE_EVENT, avro_schema
from schemas.report_enums import Assistance, PlaceAction
from schemas.wire import encode

_MOST_REFERENCE: int = next(
    field["maxLength"] for field in avro_schema(PLACE_EVENT.avro)["fields"] if field["name"] == "decision_ref"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceStep:
    """One step of one place; `at` is aware UTC."""

    place_id: int
    action: PlaceAction
    at: datetime
    safety_score: int = 0
    decision_ref: str = ""
    assisted_by: Assistance = Assistance.NOBODY

    @property
    def at_ms(self) -> int:
        """Return the moment in milliseconds since 1970."""
        return int(self.at.timestamp() * 1_000)

    @property
    def event_id(self) -> uuid.UUID:
        """Return the event's identity: of a registration the place's alone, else also of what happened when."""
        parts: list[object] = [self.place_id, self.action.name]
        if self.action is not PlaceAction.REGISTERED:
            parts += [self.at_ms, self.safety_score, self.decision_ref]
        return uuid.UUID(bytes=hashlib.sha256(repr(parts).encode()).digest()[:16])

    @property
    def key(self) -> bytes:
        """Return the key of all events of the place."""
        return entity_key("place_id", self.place_id)

    def record(self) -> Mapping[str, Any]:
        """Return the Avro record; no device sent it."""
        return {
            "event_id": self.event_id.bytes,
            "subject": self.key,
            "device_id": 0,
            "event_time": self.at_ms,
            "sent_at": self.at_ms,
            "received_at": 0,
            "place_id": self.place_id,
            "action": self.action.name,
            "safety_score": self.safety_score,
            "assisted_by": self.assisted_by.name,
            "decision_ref": self.decision_ref,
        }


def registrations(
    places: Sequence[Place], *, known: Collection[int], at: datetime, assisted_by: Assistance = Assistance.NOBODY
) -> list[PlaceStep]:
    """Return the registration of each place that is not `known` yet, by the order that obliges it."""
    return [
        PlaceStep(
            place_id=place.fields["place_id"],
            action=PlaceAction.REGISTERED,
            at=at,
            decision_ref=cut_reference(place.fields["mandate_ref"]),
            assisted_by=assisted_by,
        )
        for place in places
        if place.fields["place_id"] not in known
    ]


def codes_issued(place_ids: Sequence[int], *, at: datetime) -> list[PlaceStep]:
    """Return that the places' QR codes were issued."""
    return [PlaceStep(place_id=place_id, action=PlaceAction.QR_ISSUED, at=at) for place_id in place_ids]


def cut_reference(text: str) -> str:
    """Return as much of a reference as an event may hold, in whole characters."""
    return text.encode()[:_MOST_REFERENCE].decode(errors="ignore")


def publish_steps(bootstrap: str, steps: Sequence[PlaceStep], *, on_step: Callable[[int], object] = int) -> None:
    """Publish steps; returns when Kafka has acknowledged all, else raises UserError."""
    if not steps:
        return
    messages = ((step.key, encode(PLACE_EVENT, step.record())) for step in steps)
    try:
        publish_all(bootstrap, PLACE_EVENT.topic, messages, on_message=on_step)
    except NotAcknowledged as problem:
        raise UserError(
            f"Kafka did not acknowledge {problem.count} of {len(steps)} steps of places{problem.why}; do it again."
        ) from None
