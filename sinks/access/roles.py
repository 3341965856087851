"""The roles of people who query ClickHouse (domain.md 1.3 and 3.8), and how much each may ask."""

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """What a person's scope is made of."""

    PLACE = "place"
    COMMUNE = "commune"
    DISTRICT = "district"
    PROVINCE = "province"
    SECTOR = "sector"  # a department of a province
    NOTHING = "nothing"  # the role reads only what has no scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What one person may ask in an hour, and one query may take.

    The engine is shared with what lands scans: one person must not take it all.
    """

    queries: int
    read_rows: int
    query_seconds: int
    query_bytes: int
    result_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role: its scope's level, whether it may see who (pseudonyms), and its quota."""

    name: str
    does: str
    level: Level
    sees_people: bool
    quota: Quota


_ONE_PLACE = Quota(queries=600, read_rows=5_000_000_000, query_seconds=10, query_bytes=500_000_000, result_rows=100_000)
_OFFICE = Quota(
    queries=2_000, read_rows=50_000_000_000, query_seconds=30, query_bytes=1_000_000_000, result_rows=1_000_000
)
_PROVINCE = Quota(
    queries=5_000, read_rows=500_000_000_000, query_seconds=120, query_bytes=2_000_000_000, result_rows=10_000_000
)


def _role(name: str, does: str, *, level: Level, sees_people: bool = False, quota: Quota = _OFFICE) -> Role:
    return Role(name=name, does=does, level=level, sees_people=sees_people, quota=quota)


ROLES = {
    role.name: role
    for role in (
        _role("venue_owner", "answers for places and their posters", level=Level.PLACE, quota=_ONE_PLACE),
        _role("checkpoint", "lets people pass at road checkpoints", level=Level.PLACE, quota=_ONE_PLACE),
        _role(
            "isolation_mgr",
            "runs isolation sites",
            level=Level.PLACE,
            sees_people=True,
            quota=_ONE_PLACE,
        ),
        _role("commune", "a commune's People's Committee", level=Level.COMMUNE, sees_people=True),
        _role("district", "a district's health centre", level=Level.DISTRICT, sees_people=True),
        _role(
            "province_cdc",
            "traces contacts for the province",
            level=Level.PROVINCE,
            sees_people=True,
            quota=_PROVINCE,
        ),
        _role("stttt", "the department of information: coverage, usage, exports", level=Level.PROVINCE),
        _role("sector_dept", "a department that manages a sector's places", level=Level.SECTOR),
        _role(
            "analyst",
            "studies the province's data, by pseudonyms",
            level=Level.PROVINCE,
            sees_people=True,
            quota=_PROVINCE,
        ),
        _role("ops", "keeps the system running", level=Level.NOTHING),
        _role("auditor", "checks accounts and deletions", level=Level.NOTHING),
        _role("public", "anybody: published aggregates", level=Level.NOTHING, quota=_ONE_PLACE),
    )
}
