"""Ask the server as a person with a role."""
# ruff: noqa: S608 -- names of our own

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.deploy.access.world import DATABASE, PEOPLE, SPOTS
from tests.deploy.embedded.running import Answer, RunningServer, basic_auth, send

_LATER = {"to", "until", "as_of", "at", "now"}


@dataclass(frozen=True)
class Looking:
    """A connection for each question, as the engine may have begun anew since the last."""

    server: RunningServer
    passwords: Mapping[str, str]

    def ask(self, who: str, query: str, **parameters: Any) -> Answer:
        """Send a query as the person with the role `who`."""
        name = PEOPLE[who].name
        headers = basic_auth(name, self.passwords[name])
        with self.server.connection() as connection:
            return send(connection, "POST", body=query.encode(), headers=headers, **parameters)

    def administrator(self, query: str) -> str:
        """Return what the administrator is answered."""
        return self.server.query(query)

    def parameters(self) -> dict[str, list[tuple[str, str]]]:
        """Return name and type of the parameters of each view that has some."""
        found = self.administrator(
            f"SELECT name, as_select FROM system.tables WHERE database = '{DATABASE}' AND engine = 'View' FORMAT TSVRaw"
        )
        views: dict[str, str] = {}
        name = ""
        for line in found.splitlines():
            head, tab, rest = line.partition("\t")
            name = head if tab else name
            views[name] = views.get(name, "") + (rest if tab else line)
        return {name: sorted(set(re.findall(r"\{(\w+):\s*([^}]+)\}", text))) for name, text in views.items()}


def arguments(parameters: list[tuple[str, str]], *, number: int) -> str:
    """Return the call's arguments: a month of 2021, and wherever somebody is asked for, that of spot `number`."""
    return ", ".join(f"{name} = {_argument(name, type_, number)}" for name, type_ in parameters)


def _argument(name: str, type_: str, number: int) -> str:
    spot = SPOTS[number]
    by_name: dict[str, object] = {
        "person": f"'{spot.person.encode().hex()}'", "level": "'COMMUNE'", "code": spot.commune,
        "commune": spot.commune, "district": spot.district, "province": spot.province, "place": spot.place,
        "seconds": 86_400,
    }  # fmt: skip
    by_type = {
        "DateTime": "'2021-08-06 00:00:00'" if name in _LATER else "'2021-08-04 00:00:00'",
        "Date": "'2021-08-05'",
        "Array(FixedString": f"['{spot.person}']",
        "Array": "[]",
        "FixedString": f"'{spot.person}'",
        "String": f"'{spot.person}'",
    }
    typed = next((value for start, value in by_type.items() if type_.startswith(start)), "1")
    return str(by_name.get(name.removesuffix("_id"), typed))
