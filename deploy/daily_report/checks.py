"""What must hold in a report whatever happened; a check that fails tells of a fault in data or views. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deploy.daily_report.figures import PROVINCE, Figures, Row

#: Estimated people may be this much more than there are: uniqCombined64's error is below 0.5 %, taken twice.
_ESTIMATE = 1.01
#: Figures of which a province has what its districts have together.
_SUMS = (
    "points", "points_new", "scans", "declarations", "updates_due", "updates_missing", "checkpoint_scans", "denials",
    "pass_denials", "late", "entered",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An invariant: what it says, and where it does not hold (empty where it holds everywhere)."""

    name: str
    broken: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """True where nothing breaks it."""
        return not self.broken


Rule = Callable[[Row], bool]


def checks(figures: Figures, *, exact: bool) -> list[Check]:
    """Return every invariant, checked on each area of each day."""
    slack = 1.0 if exact else _ESTIMATE
    rules: dict[str, Rule] = {
        "scans >= persons": lambda row: row["scans"] * slack >= row["persons"],
        "scans >= points_active": lambda row: row["scans"] >= row["points_active"],
        "scans, persons and points_active are 0 together": lambda row: (
            len({row["scans"] > 0, row["persons"] > 0, row["points_active"] > 0}) == 1
        ),
        "points >= points_new": lambda row: row["points"] >= row["points_new"],
        "scans >= checkpoint_scans >= denials >= pass_denials": lambda row: (
            row["scans"] >= row["checkpoint_scans"] >= row["denials"] >= row["pass_denials"]
        ),
        "scans >= late + entered": lambda row: row["scans"] >= row["late"] + row["entered"],
        "declarations >= symptomatic": lambda row: row["declarations"] >= row["symptomatic"],
        "updates_due >= updates_missing": lambda row: row["updates_due"] >= row["updates_missing"],
    }
    found = [Check(name=name, broken=tuple(_broken(figures, rule))) for name, rule in rules.items()]
    found.append(Check(name="the province is the sum of its districts", broken=tuple(_unequal(figures))))
    for name, factor in (("persons", slack), ("points_active", 1.0)):
        told = f"{name} of the province: at least a district's, at most all districts'"
        found.append(Check(name=told, broken=tuple(_outside(figures, name, factor))))
    found.append(Check(name="declarations are the sum over apps", broken=tuple(_apps(figures))))
    return found


def _broken(figures: Figures, rule: Rule) -> Iterator[str]:
    for day, areas in figures.areas.items():
        yield from (f"{day} area {area}: {_told(row)}" for area, row in areas.items() if not rule(row))


def _unequal(figures: Figures) -> Iterator[str]:
    for day, areas in figures.areas.items():
        for name in _SUMS:
            total = sum(row[name] for area, row in areas.items() if area != PROVINCE)
            if total != areas[PROVINCE][name]:
                yield f"{day} {name}: {areas[PROVINCE][name]} and not {total}"


def _outside(figures: Figures, name: str, slack: float) -> Iterator[str]:
    """Yield where somebody who is counted in several districts makes the province more, or less, than can be."""
    for day, areas in figures.areas.items():
        each = [row[name] for area, row in areas.items() if area != PROVINCE]
        whole = areas[PROVINCE][name]
        if not max(each, default=0) <= whole * slack or not whole <= sum(each) * slack:
            yield f"{day}: {whole}, and in districts {each}"


def _apps(figures: Figures) -> Iterator[str]:
    today = figures.areas[figures.days[0]]
    for area, row in today.items():
        if sum(figures.apps[area].values()) != row["declarations"]:
            yield f"area {area}: {sum(figures.apps[area].values())} and not {row['declarations']}"


def _told(row: Row) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items() if value)
