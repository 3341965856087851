"""Add to scans what is known of the person: flags, and at checkpoints the pass's state and whose it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.columns import Columns
from schemas.enums import Category, Flag, IdentityMatch, TokenKind
from schemas.kinds import Feed
from schemas.rows import PASS_FIELD, has_pass_status
from streams.people.layout import NOBODY, Ints, People, Words
from streams.people.lookup import add_flags, passes_at
from streams.people.own_site import are_at_own_sites
from streams.people.population import UNKNOWN, Population

Column = npt.NDArray[np.generic]
_ISOLATED, _OWN_SITE = np.uint16(Flag.ISOLATED), np.uint16(Flag.OWN_SITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleLookup:
    """What scans are compared with: what is known of people by now, and the register of the population.

    Without a `population` nobody's identity is checked.
    """

    people: Callable[[], People] = lambda: NOBODY
    population: Population | None = None

    def enrich(
        self,
        feed: Feed,
        columns: Columns,
        *,
        order: Ints,
        event_ms: Ints,
        flags: npt.NDArray[np.uint16],
        of_place: Mapping[str, Column],
    ) -> Mapping[str, Column]:
        """Set bits of the landed rows' `flags`, and return the columns the feed has besides; nothing for reports.

        `order` picks the landed rows out of the batch's `columns`; `event_ms`, `flags` and the columns `of_place` that
        the scans' places gave them, `category` and `commune` among them, have its length and order.
        """
        if not feed.is_scan:
            return {}
        people = self.people()
        if people.known:
            add_flags(people, subjects=columns.words("subject")[order], event_ms=event_ms, flags=flags)
            if len(rows := np.flatnonzero(flags & _ISOLATED)):
                of_those = {name: of_place[name][rows] for name in ("category", "commune")}
                own = _are_own(people, columns, order[rows], event_ms[rows], of_those)
                flags[rows[own]] |= _OWN_SITE
        return _of_pass(people, self.population, columns, order, event_ms) if has_pass_status(feed) else {}


#: Compares with nothing.
KNOWS_NOBODY = PeopleLookup()


def _are_own(
    people: People, columns: Columns, rows: Ints, event_ms: Ints, of_place: Mapping[str, Column]
) -> npt.NDArray[np.bool_]:
    return are_at_own_sites(
        people,
        subjects=columns.words("subject")[rows],
        places=columns.integer("place_id")[rows],
        is_site=np.equal(of_place["category"], int(Category.ISOLATION_SITE)),
        communes=of_place["commune"],
        event_ms=event_ms,
    )


def _of_pass(
    people: People, population: Population | None, columns: Columns, order: Ints, event_ms: Ints
) -> Mapping[str, Column]:
    subjects, passes = columns.words("subject")[order], columns.words(PASS_FIELD)[order]
    status, owners = passes_at(people, subjects=subjects, passes=passes, event_ms=event_ms)
    if population is None:
        return {"pass_status": status, "identity_match": np.zeros(len(order), np.int8)}
    match = identity_match(population, subjects=subjects, passes=passes, owners=owners)
    match[columns.integer("token_kind")[order] == int(TokenKind.ANON)] = int(IdentityMatch.UNCHECKED)
    return {"pass_status": status, "identity_match": match}


def identity_match(population: Population, *, subjects: Words, passes: Words, owners: Words) -> npt.NDArray[np.int8]:
    """Return for each scan whether the person is who the pass was issued to (`IdentityMatch`); all of shape (n, 2).

    NOT_FOUND: the register has no such person. Else, of a scan that names a pass: MATCHED where it was issued to a
    pseudonym of the same person, MISMATCH where to somebody else's, UNCHECKED where nobody knows to whom. Of a scan
    that names none: MATCHED, for the document belongs to somebody in the register.
    """
    person, owner = population.people(subjects), population.people(owners)
    named, owned = passes.any(axis=1), owners.any(axis=1)
    same = (subjects == owners).all(axis=1) | (person == owner)
    cases = [person == UNKNOWN, ~named | (owned & same), owned]
    outcomes = [IdentityMatch.NOT_FOUND, IdentityMatch.MATCHED, IdentityMatch.MISMATCH]
    return np.select(cases, [int(outcome) for outcome in outcomes], int(IdentityMatch.UNCHECKED)).astype(np.int8)
