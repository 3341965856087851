"""The shape of document numbers and of birth dates, and whether the two agree.

An identity card's number is province (3 digits), century and gender (1), year of birth (2) and 6 more (decree
137/2015/NĐ-CP). No number has a check digit, so what it says of the birth year is all that shows a damaged one.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

_CCCD = re.compile(r"[0-9]{12}")
_CMND = re.compile(r"[0-9]{9}")
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_FIRST_CENTURY = 19


@dataclass(frozen=True, slots=True)
class Birth:
    """What is known of a birth date; None where it is hidden. It never shows in `repr`."""

    year: int | None
    month: int | None = None
    day: int | None = None

    def __repr__(self) -> str:
        return "Birth(…)"


def birth_of(year: str, month: str = "", day: str = "") -> Birth | None:
    """Return a birth date of digits; asterisks, zeros and empty parts are unknown. None if no such day can be."""
    parts = [0 if set(part) <= {"*"} else int(part) for part in (year, month, day)]
    known = Birth(*(part or None for part in parts))
    if known.year and not _FIRST_YEAR <= known.year <= _LAST_YEAR:
        return None
    try:
        # 2000 was a leap year: a 29th of February of an unknown year can be.
        date(known.year or 2000, known.month or 1, known.day or 1)
    except ValueError:
        return None
    return known


def is_cccd(number: str, birth: Birth) -> bool:
    """Tell whether this is an identity card's number, and one of the birth year if that is known."""
    return bool(_CCCD.fullmatch(number)) and (birth.year is None or number[3:6] in _centuries(birth.year))


def is_cmnd(number: str, birth: Birth) -> bool:
    """Tell whether this is an old identity card's number for certain.

    Nine digits that may be what is left of the person's new card without its first three aren't.
    """
    return bool(_CMND.fullmatch(number)) and birth.year is not None and number[:3] not in _centuries(birth.year)


def gender_agrees(number: str, gender: str) -> bool:
    """Tell whether a card's number agrees with a gender in Vietnamese; a word that isn't understood does."""
    parity = {"NAM": 0, "NU": 1}.get(plain(gender))
    return parity is None or int(number[3]) % 2 == parity


def plain(text: str) -> str:
    """Return Vietnamese text as codes have it: upper case, without diacritics, single blanks."""
    loose = unicodedata.normalize("NFD", text.upper().replace("Đ", "D"))
    return " ".join("".join(character for character in loose if not unicodedata.combining(character)).split())


def _centuries(year: int) -> tuple[str, str]:
    first = 2 * (year // 100 - _FIRST_CENTURY)
    return f"{first}{year % 100:02}", f"{first + 1}{year % 100:02}"
