"""What leaves when: every table has one class. Pure.

A table that a migration makes and that is not here fails a test: whoever adds a table decides what becomes of its rows.
"""

from dataclasses import dataclass
from enum import Enum, auto


class Leaves(Enum):
    """When rows leave."""

    #: After the days of the row's province.
    BY_PROVINCE = auto()
    #: After the longest days of any province: these rows say how others are to be read.
    LONGEST = auto()
    #: After the longest days, once no row BY_PROVINCE is left of any person in it.
    WITH_PERSON = auto()
    #: After DEAD_LETTER_DAYS.
    DEAD_LETTER = auto()
    #: When nobody needs them, by a rule of their own in this package.
    OWN_RULE = auto()
    #: Never: nothing in them is about a person.
    STAYS = auto()


#: The province a pass is counted in: that of the commune it begins in.
_OF_ORIGIN = (
    "transform(origin_commune, (SELECT groupArray(commune) FROM admin_units), "
    "(SELECT groupArray(province) FROM admin_units), toUInt8(0))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """One table's class: `age` is the column that says how old a row is, `persons` hold pseudonyms.

    `province` is an expression over the row (a UInt8). `source_order` tells that the table has `feed`, `_partition` and
    `_offset`, so that the ledger counts its rows. `read_from` is what shows each row once.
    """

    table: str
    leaves: Leaves
    age: str = "event_time"
    persons: tuple[str, ...] = ("subject",)
    province: str = "toUInt8(0)"
    source_order: bool = True
    event_id: str = "event_id"
    read_from: str = ""

    @property
    def shown(self) -> str:
        """Return the table or view that shows each row once."""
        return self.read_from or self.table


def _event(
    table: str, *, event_id: str = "event_id", province: str = "province", persons: str = "subject"
) -> Retention:
    return Retention(
        table=table,
        leaves=Leaves.BY_PROVINCE,
        event_id=event_id,
        province=province,
        persons=tuple(persons.split()),
    )


def _stays(*tables: str) -> tuple[Retention, ...]:
    return tuple(
        Retention(table=table, leaves=Leaves.STAYS, age="", persons=(), source_order=False) for table in tables
    )


#: In the order a run goes through them: links and contact details need to know who is left.
CLASSES: tuple[Retention, ...] = (
    _event("scans", event_id="scan_id"),
    _event("declarations", persons="subject declarant"),
    _event("health_updates"),
    _event("passes", province=_OF_ORIGIN),
    _event("isolations"),
    _event("cases"),
    _event("test_results"),
    _event("vaccinations"),
    _event("alerts"),
    Retention(table="corrections", leaves=Leaves.LONGEST),
    Retention(table="identity_links", leaves=Leaves.WITH_PERSON, persons=("subject", "other")),
    Retention(table="vault_keys", leaves=Leaves.WITH_PERSON, age="made_at", source_order=False),
    Retention(table="vault_contacts", leaves=Leaves.WITH_PERSON, age="sealed_at", source_order=False),
    Retention(
        table="dead_letter_log", leaves=Leaves.DEAD_LETTER, age="logged_at", persons=(), read_from="dead_letters"
    ),
    Retention(table="tombstones", leaves=Leaves.OWN_RULE, age="device_time", persons=(), source_order=False),
    Retention(table="retention_needed", leaves=Leaves.OWN_RULE, age="", source_order=False),
    Retention(table="retention_held", leaves=Leaves.OWN_RULE, age="held_at", source_order=False),
    # Of places, devices, areas and decisions on them.
    *_stays("places", "devices", "areas", "area_risk", "admin_units", "default_stays"),
    *_stays("lockdowns", "area_decisions", "place_events", "heartbeats", "wave_throughs"),
    *_stays("place_states", "daily_reports"),
    # Accounts: positions and numbers.
    *_stays("ledger", "dead_letter_replays", "schema_migrations", "audit_witness"),
    *_stays("retention_deletions", "retention_runs", "retention_run_holds", "retention_hold_acts"),
)


def leaving() -> tuple[Retention, ...]:
    """Return the classes whose rows a run deletes by their age, in its order."""
    return tuple(it for it in CLASSES if it.leaves not in {Leaves.OWN_RULE, Leaves.STAYS})


def of_people() -> tuple[Retention, ...]:
    """Return the classes of events of people: whoever has none of their rows is gone."""
    return tuple(it for it in CLASSES if it.leaves is Leaves.BY_PROVINCE)
