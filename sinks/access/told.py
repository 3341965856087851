"""The table of docs/access.md: role by role, what it reads."""

from sinks.access.catalogue import CATALOGUE
from sinks.access.relation import Relation
from sinks.access.roles import ROLES, Level, Role

_SCOPES = {
    Level.PLACE: "own places",
    Level.COMMUNE: "own communes",
    Level.DISTRICT: "own districts",
    Level.PROVINCE: "own provinces",
    Level.SECTOR: "own sector of a province",
    Level.NOTHING: "—",
}


def markdown() -> str:
    """Return the roles as a Markdown table, and below it the relations each reads.

    A relation in italics shows all its rows to all its readers: it is about areas or the system, or reads others whose
    policies hold. Columns are named where not all are granted.
    """
    head = "| role | who | rows | pseudonyms | queries an hour | a query, at most |\n|---|---|---|---|---|---|\n"
    return head + "".join(map(_row, ROLES.values())) + "".join(map(_relations, ROLES.values()))


def _row(role: Role) -> str:
    quota = role.quota
    most = f"{quota.query_seconds} s, {quota.query_bytes / 1e9:g} GB, {quota.result_rows:,} rows"
    sees = "yes" if role.sees_people else "no"
    return f"| `{role.name}` | {role.does} | {_SCOPES[role.level]} | {sees} | {quota.queries:,} | {most} |\n"


def _relations(role: Role) -> str:
    told = [_told(found, role) for found in CATALOGUE.values() if role.name in found.readers]
    return f"\n**{role.name}** reads {', '.join(told)}.\n"


def _told(found: Relation, role: Role) -> str:
    name = f"`{found.name}`" if found.reach else f"*{found.name}*"
    columns = found.readers[role.name]
    return f"{name} ({', '.join(columns)})" if columns else name
