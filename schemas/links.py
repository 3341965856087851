"""Which pseudonyms are one person, from events that say so of two at a time.

A person shows several documents, and keys of pseudonyms are rotated, so one person has several subjects. A link joins
two; an unlink takes the link between exactly these two back. Of each pair the latest event counts (by event time, then
by identity), so the result does not depend on the order of arrival, nor on events that come twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.report_enums import LinkAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What resolution needs of an event; `event_time_ms` is UTC milliseconds. The two subjects have no order."""

    event_id: bytes
    subject: bytes
    other: bytes
    event_time_ms: int
    action: LinkAction = LinkAction.LINK


def people(links: Iterable[Link]) -> dict[bytes, bytes]:
    """Return the person of every subject that is linked to another: the smallest subject of all who are one person.

    Every event counts once, in any order. A subject that is not in the result is a person of its own (`person_of`).
    """
    parents: dict[bytes, bytes] = {}
    for one, other in _standing(links):
        _join(parents, one, other)
    return {subject: _root(parents, subject) for subject in parents}


def person_of(found: Mapping[bytes, bytes], subject: bytes) -> bytes:
    """Return the person of a subject; an unlinked one stands for itself."""
    return found.get(subject, subject)


def subjects_of(found: Mapping[bytes, bytes], person: bytes) -> frozenset[bytes]:
    """Return all subjects of a person, among them the one it is called by."""
    return frozenset({person, *(subject for subject, its_person in found.items() if its_person == person)})


def _standing(links: Iterable[Link]) -> list[tuple[bytes, bytes]]:
    """Return the pairs whose latest event is a link."""
    latest: dict[tuple[bytes, bytes], Link] = {}
    for link in links:
        pair = min(link.subject, link.other), max(link.subject, link.other)
        known = latest.get(pair)
        if known is None or _order(link) > _order(known):
            latest[pair] = link
    return [(one, two) for (one, two), link in latest.items() if link.action is LinkAction.LINK and one != two]


def _order(link: Link) -> tuple[int, bytes]:
    return link.event_time_ms, link.event_id


def _join(parents: dict[bytes, bytes], one: bytes, other: bytes) -> None:
    first, second = _root(parents, one), _root(parents, other)
    parents[max(first, second)] = min(first, second)


def _root(parents: dict[bytes, bytes], subject: bytes) -> bytes:
    """Return the smallest subject of the set, and shorten the way to it (union-find with path halving)."""
    parents.setdefault(subject, subject)
    while parents[subject] != subject:
        parents[subject] = parents[parents[subject]]
        subject = parents[subject]
    return subject
