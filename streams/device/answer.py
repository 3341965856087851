"""Read the gateway's answer to a batch: what it has, what it refused for good, and what is to be sent again. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Literal

import msgspec

from streams.device.queue import Refused, Waiting

#: The gateway's word for an event that Kafka did not take: it must be sent again as it is.
_NOT_STORED = "not_stored"
_MOST_WAIT_SECONDS = 300.0
_MOST_DETAIL = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: bytes = b""
    retry_after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why some scans are to be sent again, and how long to wait at the least. `too_large`: in smaller batches."""

    sentence: str
    wait_seconds: float = 0.0
    too_large: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a batch. Scans in neither list still wait, and `trouble` says why."""

    delivered: Sequence[Waiting] = ()
    refused: Sequence[Refused] = ()
    trouble: Trouble | None = None


class _Event(msgspec.Struct):
    status: Literal["accepted", "rejected"]
    scan_id: str | None = None
    index: int | None = None
    reason: str = ""


class _Answer(msgspec.Struct):
    events: list[_Event]


class _Problem(msgspec.Struct):
    detail: str = ""


_decode_answer = msgspec.json.Decoder(_Answer).decode
_decode_problem = msgspec.json.Decoder(_Problem).decode


def verdict_of(reply: Reply, batch: Sequence[Waiting], *, now: datetime) -> Verdict:
    """Return what an answer says of the scans of `batch`, in the order they were sent.

    Only an answer that names each of them counts: what a proxy or a login page says settles nothing.
    """
    events = _events(reply)
    if events is None or not _is_about(events, batch):
        return Verdict(trouble=_trouble(reply, now))
    pairs = list(zip(batch, events, strict=True))
    later = any(event.reason == _NOT_STORED for event in events)
    sentence = "Kafka did not take every scan"
    return Verdict(
        delivered=[scan for scan, event in pairs if event.status == "accepted"],
        refused=[
            refusal_of(scan, event.reason)
            for scan, event in pairs
            if event.status == "rejected" and event.reason != _NOT_STORED
        ],
        trouble=Trouble(sentence=sentence, wait_seconds=_wait_seconds(reply, now)) if later else None,
    )


def refusal_of(scan: Waiting, reason: str) -> Refused:
    """Return that a scan is refused for good, and why."""
    return Refused(
        device_seq=scan.device_seq, scan_id=scan.scan_id, event_time_ms=scan.event_time_ms, reason=_plain(reason)
    )


def _events(reply: Reply) -> list[_Event] | None:
    if reply.status not in (HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE):
        return None
    try:
        return _decode_answer(reply.body).events
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _is_about(events: Sequence[_Event], batch: Sequence[Waiting]) -> bool:
    return len(events) == len(batch) and all(
        event.scan_id == str(scan.scan_id) if event.status == "accepted" else event.index == index
        for index, (scan, event) in enumerate(zip(batch, events, strict=True))
    )


def _trouble(reply: Reply, now: datetime) -> Trouble:
    return Trouble(
        sentence=_sentence(reply),
        wait_seconds=_wait_seconds(reply, now),
        too_large=reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    )


def _sentence(reply: Reply) -> str:
    try:
        detail = _plain(_decode_problem(reply.body).detail).rstrip(". ")
    except (msgspec.DecodeError, UnicodeDecodeError):
        detail = ""
    if detail:
        return f"the gateway says: {detail}"
    return f"what answers (HTTP {reply.status}) is no gateway; check its address, and whether the network wants a login"


def _plain(text: str) -> str:
    """Return `text` as it may be shown on a terminal."""
    return "".join(character for character in text[:_MOST_DETAIL] if character.isprintable())


def _wait_seconds(reply: Reply, now: datetime) -> float:
    """Return what Retry-After asks for (RFC 9110, 10.2.3: seconds or a date), within reason."""
    given = (reply.retry_after or "").strip()
    try:
        seconds = float(given) if given.isdecimal() else (parsedate_to_datetime(given) - now).total_seconds()
    except (ValueError, TypeError):  # nothing or nonsense; a date without zone can't be compared
        return 0.0
    return min(max(seconds, 0.0), _MOST_WAIT_SECONDS)
