"""One table or view in the catalogue: who may read it, which columns, which rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sinks.access.reach import OPEN, Reach

#: Columns that tell of a person, or lead to one: pseudonyms, papers, cars, and ids of their events. Roles that don't
#: see people get none of them. Of reports on things (places, areas) `subject` is the thing's key: left out, too.
_PERSONAL = """
    subject person other declarant case_subject contact contact_subject first_contact
    scan_id event_id start_scan end_scan evidence corrects replacement
    pass_id case_id isolation_id test_id assignment_id vehicle route_id trip_id latitude longitude
    key value key_id sealed wrapped temperature_c10
"""
PERSONAL = frozenset(_PERSONAL.split())

#: All columns.
ALL: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A table or view; `readers` are roles with the columns they may read, `ALL` for all of them.

    `as_owner` views read what is beneath with the rights of whoever made them (SQL SECURITY DEFINER), so their readers
    need no right to it; the row policy is on the view. The engine could evaluate a reader's condition before that
    policy, so the profiles of `users_xml` put a barrier between; for all that, such a view must not give a column that
    tells of a person. All other views read with the rights of who asks: the policies of the tables hold, which the
    engine applies before any condition.
    """

    name: str
    reach: Reach = field(repr=False)
    readers: Mapping[str, tuple[str, ...]]
    as_owner: bool


def relation(
    name: str, reach: Reach = OPEN, *readers: str | tuple[Iterable[str], tuple[str, ...]], as_owner: bool = False
) -> Relation:
    """Describe one; a reader is a role's name (all columns), or names of roles with their columns."""
    given: dict[str, tuple[str, ...]] = {}
    for reader in readers:
        names, columns = ((reader,), ALL) if isinstance(reader, str) else reader
        given.update(dict.fromkeys(names, columns))
    return Relation(name=name, reach=reach, readers=MappingProxyType(given), as_owner=as_owner)
