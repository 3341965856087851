"""A small country to look at: one person, one place and one of every report in each of four communes."""

from dataclasses import dataclass

from sinks.access.reach import Scope
from sinks.access.roles import ROLES, Role

DATABASE = "scanstream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A commune with its codes, its one place and its one person, whose pseudonym can be told in any answer."""

    number: int
    commune: int
    district: int
    province: int
    department: str

    @property
    def place(self) -> int:
        """Return the place's id; isolation sites have the same."""
        return 7_000 + self.number

    @property
    def person(self) -> str:
        """Return the pseudonym: 16 letters."""
        return f"PERSON-OF-SPOT-{self.number}"

    @property
    def case(self) -> str:
        """Return the id of the person's case: 16 letters."""
        return self.names("case")

    def names(self, what: str) -> str:
        """Return the id of an event of the person: 16 letters."""
        return f"{what:<14.14}-{self.number}"


# Two communes of one district, one of another district, one of another province; codes are real.
SPOTS = (
    Spot(number=0, commune=26_041, district=731, province=75, department="SGDDT"),
    Spot(number=1, commune=26_044, district=731, province=75, department="SCT"),
    Spot(number=2, commune=26_080, district=732, province=75, department="SGDDT"),
    Spot(number=3, commune=18_070, district=436, province=42, department="SGDDT"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a role who looks, and the spots they may see."""

    role: Role
    scope: Scope
    sees: frozenset[int]

    @property
    def name(self) -> str:
        """Return the user's name."""
        return f"test_{self.role.name}"


def _person(role: str, scope: Scope, *sees: int) -> Person:
    return Person(role=ROLES[role], scope=scope, sees=frozenset(sees))


HOME = SPOTS[0]
PEOPLE = {
    person.role.name: person
    for person in (
        _person("venue_owner", [HOME.place], 0),
        _person("checkpoint", [HOME.place], 0),
        _person("isolation_mgr", [HOME.place], 0),
        _person("commune", [HOME.commune], 0),
        _person("district", [HOME.district], 0, 1),
        _person("province_cdc", [HOME.province], 0, 1, 2),
        _person("stttt", [HOME.province], 0, 1, 2),
        _person("sector_dept", [(HOME.province, HOME.department)], 0, 2),
        _person("analyst", [HOME.province], 0, 1, 2),
        _person("ops", [], 0, 1, 2, 3),
        _person("auditor", [], 0, 1, 2, 3),
        _person("public", [], 0, 1, 2, 3),
    )
}
