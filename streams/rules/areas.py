"""Refusals of areas that are none: codes of provinces, districts and communes overlap, so level and code must agree."""

import numpy as np

from schemas.admin_units import communes
from schemas.columns import Columns
from schemas.report_enums import AreaLevel
from streams.rules.rule import Bools, Breaks


def is_no_unit(*, level: str, code: str) -> Breaks:
    """Return the check that a code is of a unit of that level in 2021; a hamlet's is its commune's."""
    known = {of: np.array(sorted(codes)) for of, codes in _codes().items()}

    def breaks(columns: Columns) -> Bools:
        levels, codes = columns.integer(level), columns.integer(code)
        found: Bools = np.ones(len(levels), dtype=np.bool_)
        for of, units in known.items():
            found &= ~((levels == of) & np.isin(codes, units))
        return found

    return breaks


def _codes() -> dict[AreaLevel, set[int]]:
    units = communes()
    return {
        AreaLevel.HAMLET: {unit.code for unit in units},
        AreaLevel.COMMUNE: {unit.code for unit in units},
        AreaLevel.DISTRICT: {unit.district_code for unit in units},
        AreaLevel.PROVINCE: {unit.province_code for unit in units},
    }
