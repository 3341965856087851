"""Clerks, kiosks and authorities that send reports of every feed through the gateway, in the background."""

import random
import time
import uuid
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
import urllib3

from loadtest.background import Background
from loadtest.offsets import CouldNotCheck
from loadtest.reports.samples import broken_report, sound_report
from loadtest.reports.senders import sender_of, sender_token
from loadtest.reports.truth import Sent
from schemas.kinds import Feed
from schemas.plan import plan_of

_TICK_SECONDS = 1.0
_REPEATED, _BROKEN, _ON_KNOWN_PEOPLE = 0.1, 0.03, 0.5
_PEOPLE = 100_000
_LATER = frozenset({401, 429, 503})
_MOST_ATTEMPTS, _RETRY_SECONDS = 60, 0.5

Event = dict[str, Any]


class ReportLoad(Background):
    """Sends `per_second` reports of each feed for `seconds`; some twice, some that will be refused.

    `seed` decides every report and its identity: another demonstration needs another one. `fleet_seed` is that of the
    senders registered. Half of those on people are on `known` ones, by their pseudonyms. `sent` tells what the gateway
    confirmed. What it does not take for want of room is sent again, as a client would.
    """

    def __init__(
        self,
        url: str,
        feeds: Sequence[Feed],
        *,
        seed: int,
        fleet_seed: int,
        seconds: float,
        per_second: int,
        known: Sequence[bytes] = (),
    ) -> None:
        super().__init__(name="reports")
        self._known = known
        self.sent = {feed: Sent(feed) for feed in feeds}
        self._url, self._fleet_seed, self._per_second = f"{url}/v1/events", fleet_seed, per_second
        self._ticks = max(1, int(seconds / _TICK_SECONDS))
        self._chance = random.Random(seed)  # noqa: S311 -- a load, no secret
        self._again: dict[Feed, list[Event]] = {feed: [] for feed in feeds}
        self._http = urllib3.PoolManager(retries=False)

    @property
    def published(self) -> int:
        """Reports confirmed so far."""
        return sum(sent.tally.published for sent in self.sent.values())

    def _send(self) -> None:
        for _ in range(self._ticks):
            for feed in self.sent:
                self._send_tick(feed)
            if self._stopping.wait(_TICK_SECONDS):
                return

    def _send_tick(self, feed: Feed) -> None:
        chance = self._chance
        again, self._again[feed] = self._again[feed], []
        broken = [chance.random() < _BROKEN for _ in range(self._per_second)]
        made = [self._made(feed, broken=bad) for bad in broken]
        self._post(feed, [*again, *made])
        sent, identity = self.sent[feed], plan_of(feed).identity
        sound = [event for event, bad in zip(made, broken, strict=True) if not bad]
        sent.sound |= {uuid.UUID(event[identity]).hex for event in sound}
        sent.repeated, sent.broken = sent.repeated + len(again), sent.broken + sum(broken)
        self._again[feed] = [event for event in sound if chance.random() < _REPEATED]

    def _made(self, feed: Feed, *, broken: bool) -> Event:
        known = self._known if self._chance.random() < _ON_KNOWN_PEOPLE else ()
        make, now_ms = broken_report if broken else sound_report, int(time.time() * 1_000)
        return make(feed, chance=self._chance, now_ms=now_ms, people=_PEOPLE, known=known)

    def _post(self, feed: Feed, events: Sequence[Event]) -> None:
        sender = sender_of(feed)
        headers = {
            "Authorization": f"Bearer {sender_token(self._fleet_seed, sender)}",
            "Content-Type": "application/json",
        }
        body = orjson.dumps(events)
        for _ in range(_MOST_ATTEMPTS):
            answer = self._http.request("POST", f"{self._url}?feed={feed.name}", body=body, headers=headers)
            if answer.status not in _LATER:
                break
            time.sleep(_RETRY_SECONDS)
        if answer.status != HTTPStatus.OK or answer.json()["rejected"]:
            raise CouldNotCheck(f"the gateway refused reports of {feed.name}: {answer.data[:500]!r}")
