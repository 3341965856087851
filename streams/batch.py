"""Turn one fetched batch into one landing message: decode, decide, enrich, encode. No Faust, no Kafka, no clock."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.columns import Columns
from schemas.decode import Spans, decode_batch
from schemas.enums import Flag, SourceApp, Verdict
from schemas.kinds import Feed
from schemas.landing import Counts, LandingMessage
from schemas.plan import Plan, plan_of
from schemas.rows import COMMUNE_FIELD, PLACE_FIELD
from streams.alerts.scan_alerts import AlertMessage, scan_alerts
from streams.block import rejects_block, rows_blocks
from streams.people.enrich import KNOWS_NOBODY, PeopleLookup
from streams.registry.enrich import Enrichment, enrich
from streams.registry.snapshot import Snapshot
from streams.rules.table import rule_of
from streams.tally import captured_of, counts_of, tally
from streams.transport.record_batch import Records
from streams.window.decide import Decisions, decide_batch
from streams.window.state import WindowState

#: Opens a context for the time a step takes, by the step's name.
Timer = Callable[[str], AbstractContextManager[None]]


#: From here on a message that has rows to be decided is worth a second insert (8 ms of ClickHouse's CPU): its other
#: rows don't wait for a look-up, half a second and more in a table of some ten million rows.
_SMALL_ROWS = 256
#: Fields that are not stored, but as a bit of `flags`.
_FLAGGED = {"offline": Flag.OFFLINE, "declared_ahead": Flag.DECLARED_AHEAD}


def _untimed(_step: str) -> AbstractContextManager[None]:
    return nullcontext()


class Processed(NamedTuple):
    """What a batch became: its landing message, and the alerts to be raised before that is published.

    `captured` is how many of its events landed by capture mode and lateness, see `streams.tally`.
    """

    message: LandingMessage
    alerts: Sequence[AlertMessage]
    captured: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The landed rows of a batch: `order` picks and sorts them out of the batch's columns, first the `settled` ones."""

    columns: Columns
    decisions: Decisions
    enrichment: Enrichment
    records: Records
    order: npt.NDArray[np.int64]
    settled: int


def keys_match(keys: Spans, columns: Columns) -> npt.NDArray[np.bool_]:
    """Tell for each event whether its Kafka key is its subject: what makes all its retries meet in one partition."""
    matched = keys.lengths == 16
    at = np.where(matched, keys.starts, 0)
    if len(keys.buffer) < 16:
        return np.zeros(len(keys), np.bool_)
    windows = np.lib.stride_tricks.sliding_window_view(keys.buffer, 16)
    words = windows[at].view(np.uint64).reshape(-1, 2)
    subject = columns.words("subject")
    same: npt.NDArray[np.bool_] = matched & (words[:, 0] == subject[:, 0]) & (words[:, 1] == subject[:, 1])
    return same


def _landed_order(columns: Columns, decisions: Decisions) -> npt.NDArray[np.int64]:
    """Return the events that land, sorted by place and time as the table is: sorting here costs a tenth of what
    it costs the server, which then only checks."""
    landed = np.flatnonzero(decisions.verdict <= int(Verdict.RESCAN))
    if not len(landed):
        return landed
    time, place = decisions.event_ms[landed], columns.integer_or_zero(PLACE_FIELD)[landed]
    span = time - time.min()
    if span.max() < 1 << 31:
        return landed[np.argsort((place << 31) | span)]
    return landed[np.lexsort((time, place))]


def _settled_first(order: npt.NDArray[np.int64], decisions: Decisions) -> tuple[npt.NDArray[np.int64], int]:
    """Return the order with the rows the sink has to decide at its end, and how many are before those.

    A large message has them in a block of their own, so that the sink can pass the other one on unread, and at once.
    A small one that has any is one block all the same: for a few rows' sake a second insert costs too much.
    """
    checked = decisions.checked[order]
    if not checked.any():
        return order, len(order)
    if len(order) <= _SMALL_ROWS:
        return order, 0
    settled = order[~checked]
    return np.concatenate([settled, order[checked]]), len(settled)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchProcessor:
    """What turns batches of one feed into landing messages; threads may share it, one partition at a time."""

    feed: Feed
    time: Timer = _untimed
    people: PeopleLookup = KNOWS_NOBODY

    @property
    def plan(self) -> Plan:
        """The feed's decoding plan."""
        return plan_of(self.feed)

    def process(
        self, *, state: WindowState, snapshot: Snapshot, records: Records, partition: int, first: int, last: int
    ) -> Processed:
        """Return the landing message of `records` with their alerts, and move `state` on past them.

        The message covers the offsets `first` to `last`; `records` are all that exist in it. When it can't be
        published, `state` must be thrown away: it is ahead of the log.
        """
        with self.time("decode"):
            columns, status = decode_batch(self.plan, records.values)
            rule_of(self.feed).check(columns, status)
            keyed = keys_match(records.keys, columns)
        with self.time("window"):
            decisions = decide_batch(
                state,
                columns=columns,
                status=status,
                keyed=keyed,
                logged_ms=records.logged_ms,
                offsets=records.offsets,
            )
        with self.time("enrich"):
            order, settled = _settled_first(_landed_order(columns, decisions), decisions)
            enrichment = self._enrich(snapshot, columns, decisions, order)
        with self.time("encode"):
            taken = Taken(columns, decisions, enrichment, records, order, settled)
            tallied = tally(columns, decisions)
            counts = counts_of(tallied)
            message = self._message(state, taken, counts, partition=partition, first=first, last=last)
        return Processed(message, _alerts(self.feed, taken), captured_of(columns, tallied))

    def _enrich(
        self, snapshot: Snapshot, columns: Columns, decisions: Decisions, order: npt.NDArray[np.int64]
    ) -> Enrichment:
        event_ms = decisions.event_ms[order]
        found = enrich(
            snapshot,
            place_ids=_those(columns, PLACE_FIELD, order),
            commune_codes=_those(columns, COMMUNE_FIELD, order),
            device_ids=columns.integer_or_zero("device_id")[order],
            event_ms=event_ms,
        )
        _add_flags(found, columns, decisions, order)
        of_person = self.people.enrich(
            self.feed, columns, order=order, event_ms=event_ms, flags=found.flags, of_place=found.columns
        )
        return Enrichment(found.flags, {**found.columns, **of_person})

    def _message(
        self, state: WindowState, taken: Taken, counts: Counts, *, partition: int, first: int, last: int
    ) -> LandingMessage:
        decisions, records = taken.decisions, taken.records
        retries = records.offsets[decisions.verdict == int(Verdict.RETRY)] - first
        settled, unsettled = rows_blocks(self.feed, taken, partition=partition)
        corrected = taken.order[decisions.skew_ms[taken.order] != 0]
        return LandingMessage(
            feed=self.feed,
            partition=partition,
            first=first,
            last=last,
            counts=counts,
            watermark_ms=state.watermark_ms,
            logged_ms=int(records.logged_ms[-1]) if len(records) else 0,
            checked=int(np.count_nonzero(decisions.checked)),
            settled=settled,
            unsettled=unsettled,
            rejects=rejects_block(self.feed, records, decisions, partition=partition),
            retries=retries.astype(np.uint32),
            skewed=np.unique(taken.columns.integer_or_zero("device_id")[corrected]),
            ahead=dict(state.ahead),
        )


def _alerts(feed: Feed, taken: Taken) -> Sequence[AlertMessage]:
    if not feed.is_scan:
        return ()
    flags, added, verdict = taken.enrichment.flags, taken.enrichment.columns, taken.decisions.verdict
    return scan_alerts(taken.columns, order=taken.order, verdict=verdict, flags=flags, added=added)


def _add_flags(enrichment: Enrichment, columns: Columns, decisions: Decisions, order: npt.NDArray[np.int64]) -> None:
    flags = enrichment.flags
    flags[decisions.checked[order]] |= int(Flag.CHECKED)
    flags[decisions.skew_ms[order] != 0] |= int(Flag.SKEW_CORRECTED)
    for name, flag in _FLAGGED.items():
        if name in columns.plan.integers:
            flags |= (columns.integer(name)[order] * int(flag)).astype(np.uint16)
    if "source_app" in columns.plan.integers:
        flags[columns.integer("source_app")[order] == int(SourceApp.OTHER)] |= int(Flag.APP_UNKNOWN)


def _those(columns: Columns, name: str, order: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | None:
    return columns.integer(name)[order] if name in columns.plan.integers else None
