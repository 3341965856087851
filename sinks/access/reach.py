"""Which rows of a relation a person sees: conditions on its columns, as ClickHouse's row policies take them."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from sinks.access.roles import Level

#: Codes of a scope, numbers; of a sector the province's number and the department's name.
Scope = Sequence[int] | Sequence[tuple[int, str]]

#: Makes the condition for a scope; the text holds `{database}`.
Condition = Callable[[Scope], str]

#: A relation's conditions by the level of the scope. Levels that are missing see nothing of it.
Reach = Mapping[Level, Condition]

#: Facts about areas and enumerations, in which nobody appears: whoever may read them reads all.
OPEN: Reach = MappingProxyType({})


def column(name: str) -> Condition:
    """Compare a numeric column with the scope; `name` may be an expression."""
    return lambda scope: f"{name} IN ({_numbers(scope)})"


def sector(province: str, department: str) -> Condition:
    """Compare a province and a department with the scope."""
    return lambda scope: " OR ".join(
        f"({province} = {code} AND toString({department}) = '{name}')" for code, name in _sectors(scope)
    )


def through(key: str, *, source: str, condition: Condition, source_key: str = "") -> Condition:
    """See the rows whose `key` another relation has in the scope; readers must be readers of that one, too."""
    chosen = source_key or key
    looked_up = f"{key} IN (SELECT {chosen} FROM {{database}}.{source} WHERE "  # noqa: S608 -- names of our own
    return lambda scope: f"{looked_up}{condition(scope)})"


def either(one: Condition, two: Condition) -> Condition:
    """See the rows that fulfil one of two conditions."""
    return lambda scope: f"({one(scope)} OR {two(scope)})"


def both(one: Condition, text: str) -> Condition:
    """See the rows that fulfil a condition, and one that is the same for everybody."""
    return lambda scope: f"{one(scope)} AND {text}"


def always(text: str) -> Condition:
    """See the rows that fulfil a condition which no scope changes."""
    return lambda _scope: text


def areas(
    province: str = "province", district: str = "district", commune: str = "commune", *, place: str = ""
) -> Reach:
    """Rows that carry the codes of their area, and perhaps their place."""
    found = {Level.PROVINCE: column(province), Level.DISTRICT: column(district), Level.COMMUNE: column(commune)}
    return {**found, Level.PLACE: column(place)} if place else found


def by_commune(commune: str) -> Reach:
    """Rows that carry a commune only: what it lies in is looked up in `admin_units`."""
    return {
        Level.COMMUNE: column(commune),
        Level.DISTRICT: _unit(commune, column("district")),
        Level.PROVINCE: _unit(commune, column("province")),
    }


def places_of(place: str) -> Reach:
    """Rows that carry a place only: its area and department are looked up in `places`."""

    def looked_up(condition: Condition) -> Condition:
        return through(place, source="places", condition=condition, source_key="place_id")

    reach = {level: looked_up(condition) for level, condition in by_commune("commune_code").items()}
    of_sector = looked_up(_sector_of_commune("commune_code", "department"))
    return {**reach, Level.PLACE: column(place), Level.SECTOR: of_sector}


def with_sector(reach: Reach, *, commune: str = "", department: str = "department") -> Reach:
    """Add a department's rows: by the column `province`, or by the commune where there is none."""
    condition = _sector_of_commune(commune, department) if commune else sector("province", department)
    return {**reach, Level.SECTOR: condition}


def _unit(commune: str, condition: Condition) -> Condition:
    return through(commune, source="admin_units", condition=condition, source_key="commune")


def _sector_of_commune(commune: str, department: str) -> Condition:
    def condition(scope: Scope) -> str:
        found = (
            f"({_unit(commune, column('province'))([code])} AND toString({department}) = '{name}')"
            for code, name in _sectors(scope)
        )
        return " OR ".join(found)

    return condition


def _numbers(scope: Scope) -> str:
    return ", ".join(str(int(code)) for code in scope if not isinstance(code, tuple))


def _sectors(scope: Scope) -> list[tuple[int, str]]:
    return [(int(code[0]), code[1]) for code in scope if isinstance(code, tuple)]
