"""How many days rows about people stay, by province. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: The least of comparable systems (14) still holds the last place a case was infected at; the most is 60.
LEAST_DAYS, MOST_DAYS = 14, 60
DEFAULT_DAYS = 28
#: Rejected events stay as long as somebody may still mend and send them.
DEAD_LETTER_DAYS = 7
#: A second copy is rejected as too old 28 days after its event; its clock may be corrected by up to a day more, and it
#: waits seven days at most to be decided, as the landing log is kept no longer. After that nobody needs a tombstone.
TOMBSTONE_DAYS = 28 + 1 + 7

_FORM = "a number of days, then perhaps provinces with their own, like 28,64=14,75=60"
_OWN = re.compile(r"(\d{1,3})=(\d{1,4})", re.ASCII)
_DEFAULT = re.compile(r"\d{1,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RetentionDays:
    """Days by province code, and those of all other provinces and of rows without one."""

    default: int = DEFAULT_DAYS
    own: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, province: int) -> int:
        """Return the days of a province."""
        return self.own.get(province, self.default)

    @property
    def longest(self) -> int:
        """The most days of any province: for rows that tell something of rows of any province."""
        return max(self.default, *self.own.values(), 0)

    def __str__(self) -> str:
        """Write them as `parse_days` reads them."""
        return ",".join([str(self.default), *(f"{code}={days}" for code, days in sorted(self.own.items()))])


def parse_days(text: str) -> RetentionDays:
    """Read days like ``28,64=14``; raise ValueError whose text says what they must be."""
    first, *rest = text.split(",")
    own = [_OWN.fullmatch(part) for part in rest]
    if not _DEFAULT.fullmatch(first) or not all(own):
        raise ValueError(_FORM)
    pairs = [(int(match[1]), int(match[2])) for match in own if match]
    if len(dict(pairs)) < len(pairs):
        raise ValueError("days with each province once")
    if not all(0 < code < 256 for code, _ in pairs):
        raise ValueError("days with codes of provinces from 1 to 255")
    if not all(LEAST_DAYS <= days <= MOST_DAYS for days in (int(first), *dict(pairs).values())):
        raise ValueError(f"from {LEAST_DAYS} to {MOST_DAYS} days")
    return RetentionDays(int(first), MappingProxyType(dict(pairs)))
