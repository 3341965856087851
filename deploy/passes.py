"""Movement passes: issue, renew and revoke one, as an event on its feed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from deploy.kafka.publish import NotAcknowledged, publish_all
from deploy.user_error import UserError
from schemas.enums import CaptureMode, SourceApp, TokenKind
from schemas.kinds import PASS
from schemas.passes import Validity, valid_until
from schemas.report_enums import PassAction, Purpose
from schemas.wire import encode
from streams.device.scan import ID_RANDOM_BYTES, uuid7

_PASS_BYTES = 16
#: A revocation has no time of its own, but the schema wants one that is not empty.
_NO_TIME = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose a pass is: a pseudonym, and how it was made; version 0 and ANON where that is not known."""

    subject: bytes
    token_kind: TokenKind = TokenKind.ANON
    key_version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a pass is for; communes are 0 for any."""

    validity: Validity = Validity.HOURS_72
    purpose: Purpose = Purpose.OTHER
    origin: int = 0
    destination: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PassEvent:
    """What happened to a pass; `valid_from` and `valid_until` are aware UTC in whole seconds."""

    pass_id: bytes
    holder: Holder
    action: PassAction
    told: datetime
    valid_from: datetime
    valid_until: datetime
    terms: Terms = Terms()

    def record(self) -> Mapping[str, Any]:
        """Return the Avro record; its event id is new each time."""
        told_ms = round(self.told.timestamp() * 1000)
        return {
            "event_id": uuid7(told_ms, secrets.token_bytes(ID_RANDOM_BYTES)).bytes,
            "subject": self.holder.subject,
            "token_kind": self.holder.token_kind.name,
            "key_version": self.holder.key_version,
            "device_id": 0,
            "event_time": told_ms,
            "sent_at": told_ms,
            "received_at": 0,
            "capture_mode": CaptureMode.ASSISTED.name,
            "source_app": SourceApp.OTHER.name,
            "pass_id": self.pass_id,
            "action": self.action.name,
            "valid_from": self.valid_from,
            "valid_until": self.valid_until,
            "purpose": self.terms.purpose.name,
            "origin_commune": self.terms.origin,
            "destination_commune": self.terms.destination,
        }


def issued(holder: Holder, terms: Terms, *, now: datetime, valid_from: datetime | None = None) -> PassEvent:
    """Return a new pass of a person, valid from now or a later moment on."""
    return _granted(secrets.token_bytes(_PASS_BYTES), PassAction.ISSUED, holder, terms, now, valid_from)


def renewed(
    pass_id: bytes, holder: Holder, terms: Terms, *, now: datetime, valid_from: datetime | None = None
) -> PassEvent:
    """Return the renewal of a pass: it is valid for another time, from now or a later moment on."""
    return _granted(pass_id, PassAction.RENEWED, holder, terms, now, valid_from)


def revoked(pass_id: bytes, holder: Holder, *, now: datetime) -> PassEvent:
    """Return the end of a pass, from now on."""
    return PassEvent(
        pass_id=pass_id,
        holder=holder,
        action=PassAction.REVOKED,
        told=now,
        valid_from=now,
        valid_until=now + _NO_TIME,
    )


def _granted(  # noqa: PLR0917 -- the two public functions name them
    pass_id: bytes, action: PassAction, holder: Holder, terms: Terms, now: datetime, valid_from: datetime | None
) -> PassEvent:
    begins = (valid_from or now).replace(microsecond=0)
    return PassEvent(
        pass_id=pass_id,
        holder=holder,
        action=action,
        told=now,
        valid_from=begins,
        valid_until=valid_until(begins, terms.validity),
        terms=terms,
    )


def publish_pass(bootstrap: str, event: PassEvent, *, topic: str = PASS.topic) -> None:
    """Publish an event; returns when Kafka has acknowledged it, else raises UserError."""
    message = (event.holder.subject, encode(PASS, event.record()))
    try:
        publish_all(bootstrap, topic, [message], on_message=lambda _: None)
    except NotAcknowledged as problem:
        raise UserError(f"Kafka did not acknowledge the pass{problem.why}; do it again.") from None
