"""A person's scope as they are told it: codes of places or areas, or a department of a province."""

from collections.abc import Mapping, Sequence

from deploy.user_error import UserError
from schemas.admin_units import communes
from schemas.enums import Department
from sinks.access.reach import Scope
from sinks.access.roles import Level, Role

_MOST_PLACE = 2**32 - 1


def parse_scope(role: Role, texts: Sequence[str]) -> Scope:
    """Return the scope of `--scope` texts; raise UserError where they don't fit the role.

    A sector is written `42/SGDDT`; all else are numbers.
    """
    if role.level is Level.NOTHING:
        if texts:
            raise UserError(f"The role {role.name} has no scope; leave --scope out.")
        return []
    if not texts:
        raise UserError(f"The role {role.name} is for one {role.level.value}; say which with --scope.")
    if role.level is Level.SECTOR:
        return [_sector(text) for text in texts]
    return [_code(role.level, text) for text in texts]


def _code(level: Level, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise UserError(f"--scope {text} must be the number of a {level.value}.")
    code = int(text)
    known = _codes().get(level)
    if (known is not None and code not in known) or not 0 < code <= _MOST_PLACE:
        raise UserError(f"There is no {level.value} {text}; codes are those of the GSO, 2021.")
    return code


def _codes() -> Mapping[Level, set[int]]:
    units = communes()
    return {
        Level.COMMUNE: {unit.code for unit in units},
        Level.DISTRICT: {unit.district_code for unit in units},
        Level.PROVINCE: {unit.province_code for unit in units},
    }


def _sector(text: str) -> tuple[int, str]:
    province, slash, department = text.partition("/")
    if not slash or department not in {one.name for one in Department if one}:
        names = ", ".join(one.name for one in Department if one)
        raise UserError(f"--scope {text} must be a province and a department, as 42/SGDDT; departments are {names}.")
    return _code(Level.PROVINCE, province), department
