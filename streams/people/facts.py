"""Turn events of the status feeds into facts of the index."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.columns import Columns
from schemas.kinds import CASE, ISOLATION, PASS, VACCINATION, Feed
from schemas.kinds import LINK as LINKS
from schemas.report_enums import CaseStatus, IsolationAction, IsolationKind, LinkAction, PassAction
from streams.people.layout import (
    AT_HOME,
    AT_SITE,
    CASE_OVER,
    CONFIRMED,
    DOSE,
    FOREVER,
    FROM,
    GRANTED,
    ISOLATED,
    ISOLATION_OVER,
    KIND_BITS,
    LINK,
    LINKED,
    OWNER,
    PASS_SALT,
    RECORD_WORDS,
    REVOKED,
    SUSPECTED,
    TAG_BITS,
    THING,
    TIE,
    TOLD,
    TOLD_TAG_BITS,
    UNLINKED,
    UNTIL,
    WITHDRAWN,
    Ints,
    Words,
)
from streams.window.rules import DAY_MS

_CASE_KINDS = np.array([SUSPECTED, CONFIRMED, CASE_OVER, CASE_OVER], np.int64)
assert list(CaseStatus) == list(range(len(_CASE_KINDS)))  # noqa: S101 -- codes index the array above


@dataclass(frozen=True, slots=True)
class Facts:
    """What n events say: the keys the facts are about, shape (m, 2), and the facts, shape (m, 6); see `layout`."""

    keys: Words
    facts: Ints


def tags_of(ids: Words) -> Ints:
    """Return the tags of events' ids of shape (n, 2): `TAG_BITS` bits, mixed of all."""
    mixed = (ids[:, 0] ^ (ids[:, 1] >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15) ^ ids[:, 1]
    return ((mixed * np.uint64(0xC2B2AE3D27D4EB4F)) >> np.uint64(64 - TAG_BITS)).astype(np.int64)


def _tagged(facts: Facts, tags: Ints) -> Facts:
    """Write the tags of the facts' events into them; the m facts of n events are in m / n runs of n."""
    tags = np.tile(tags, len(facts.facts) // max(1, len(tags)))
    facts.facts[:, LINK] |= (tags >> TOLD_TAG_BITS) << KIND_BITS
    facts.facts[:, TOLD] = facts.facts[:, TOLD] << TOLD_TAG_BITS | tags & ((1 << TOLD_TAG_BITS) - 1)
    return facts


def _facts(keys: Words, *, tie: npt.ArrayLike = 0, **words: npt.ArrayLike) -> Facts:
    columns = {"kind": LINK, "thing": THING, "since": FROM, "until": UNTIL, "told": TOLD}
    facts = np.empty((len(keys), RECORD_WORDS), np.int64)
    facts[:, TIE] = tie
    for name, word in columns.items():
        facts[:, word] = words[name]
    return Facts(keys, facts)


def _thing(columns: Columns, name: str) -> Ints:
    """Return eight bytes of an identity, mixed of all sixteen: enough to tell one person's things apart."""
    words = columns.words(name)
    return (words[:, 0] ^ (words[:, 1] * np.uint64(0x9E3779B97F4A7C15))).view(np.int64)


def _of_isolation(columns: Columns, told: Ints) -> Facts:
    """An order lasts its days from its start on; its end by an event counts from then. A home has its commune."""
    over = columns.integer("action") == int(IsolationAction.ENDED)
    starts = columns.integer("starts")
    ends = starts + columns.integer("days") * DAY_MS
    ordered = _facts(
        columns.words("subject"),
        kind=np.where(over, ISOLATION_OVER, ISOLATED),
        thing=_thing(columns, "isolation_id"),
        since=np.where(over, told, starts),
        until=np.where(over, FOREVER, ends),
        told=told,
    )
    site, commune = columns.integer("site_id"), columns.integer("commune_code")
    has_site = (site != 0) | (columns.integer("kind") == int(IsolationKind.CENTRALISED))
    # Who has no site gets the key of nobody, which is left out.
    keys = np.where((~over & (has_site | (commune != 0)))[:, None], columns.words("subject"), np.uint64(0))
    kind, where = np.where(has_site, AT_SITE, AT_HOME), np.where(has_site, site, commune)
    at_site = _facts(keys, kind=kind, thing=where, since=starts, until=ends, told=told)
    return Facts(np.concatenate([ordered.keys, at_site.keys]), np.concatenate([ordered.facts, at_site.facts]))


def _of_case(columns: Columns, told: Ints) -> Facts:
    """A case lasts from when the person was infectious, or from when it was told, to the end of that or of the case."""
    kind = _CASE_KINDS[columns.integer("status")]
    since, until = columns.integer("infectious_from"), columns.integer("infectious_until")
    begins = np.where(since != 0, np.minimum(since, told), told)
    return _facts(
        columns.words("subject"),
        kind=kind,
        thing=_thing(columns, "case_id"),
        since=np.where(kind == CASE_OVER, told, begins),
        until=np.where((kind == CASE_OVER) | (until == 0), FOREVER, until),
        told=told,
    )


def _of_vaccination(columns: Columns, told: Ints) -> Facts:
    dose = np.maximum(1, columns.integer("dose"))
    return _facts(
        columns.words("subject"), kind=DOSE, thing=dose, since=columns.integer("given"), until=FOREVER, told=told
    )


def _of_pass(columns: Columns, told: Ints) -> Facts:
    """What happened to a pass is kept with the person and with the pass, and with the pass whose it is."""
    revoked = columns.integer("action") == int(PassAction.REVOKED)
    subject, number = columns.words("subject"), columns.words("pass_id") ^ np.array([0, PASS_SALT], np.uint64)
    state = {
        "kind": np.where(revoked, REVOKED, GRANTED),
        "thing": _thing(columns, "pass_id"),
        "since": columns.integer("valid_from"),
        "until": columns.integer("valid_until"),
        "told": told,
    }
    of_person, of_pass = _facts(subject, **state), _facts(number, **state)
    first, second = subject.view(np.int64).T
    owner = _facts(number, kind=OWNER, thing=first, since=second, until=FOREVER, told=told)
    parts = (of_person, of_pass, owner)
    return Facts(np.concatenate([part.keys for part in parts]), np.concatenate([part.facts for part in parts]))


def _order(ids: Words) -> Ints:
    """Return the halves of ids of shape (n, 2) as integers in the order of their bytes: from the first on, unsigned."""
    return (np.ascontiguousarray(ids).byteswap() ^ np.uint64(1 << 63)).view(np.int64)


def _of_link(columns: Columns, told: Ints) -> Facts:
    """A link is kept with both subjects. Of those told of two at the same time the one with the greater id counts."""
    kind = np.where(columns.integer("link_action") == int(LinkAction.UNLINK), UNLINKED, LINKED)
    order, tie = _order(columns.words("event_id")).T
    subject, other = columns.words("subject"), columns.words("other")
    parts = []
    for one, two in ((subject, other), (other, subject)):
        first, second = np.ascontiguousarray(two).view(np.int64).T
        parts.append(_facts(one, kind=kind, thing=first, since=second, until=order, told=told, tie=tie))
    return Facts(np.concatenate([part.keys for part in parts]), np.concatenate([part.facts for part in parts]))


_MAKERS: Mapping[str, Callable[[Columns, Ints], Facts]] = {
    ISOLATION.name: _of_isolation,
    CASE.name: _of_case,
    VACCINATION.name: _of_vaccination,
    PASS.name: _of_pass,
    LINKS.name: _of_link,
}
#: Names of the feeds that say something of people's state, and of who is one person.
STATUS_FEEDS = frozenset(_MAKERS)


def facts_of(feed: Feed, columns: Columns, told_ms: Ints, *, withdrawn: npt.NDArray[np.bool_] | None = None) -> Facts:
    """Return what sound events of a status feed say; `told_ms` is their corrected event time.

    Those that are `withdrawn` say nothing for as long as they are; links are never withdrawn but unlinked.
    """
    found = _tagged(_MAKERS[feed.name](columns, told_ms), tags_of(columns.words("event_id")))
    if withdrawn is not None and feed.name != LINKS.name:
        found.facts[np.tile(withdrawn, len(found.facts) // max(1, len(withdrawn))), LINK] |= WITHDRAWN
    there = found.keys.any(axis=1)
    return found if there.all() else Facts(found.keys[there], found.facts[there])
