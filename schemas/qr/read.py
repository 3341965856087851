"""Read what a scanner typed: which code it is and what it says, or why it can't be read.

1. Tidy: full-width characters become plain ones, control characters go, lines are split and equal ones kept once.
2. Read each line, and all of them joined (a stray line break inside a code).
3. If none reads, read what each keyboard layout may have made of the text (`schemas.qr.keyboard`).

Whatever reads must agree: of two different answers none is taken, for a guess would be another person. An address is
never repaired: nothing in it shows whether a repair is right.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from schemas.enums import SourceApp
from schemas.qr.glued import codes_behind
from schemas.qr.identity_card import is_card, read_card
from schemas.qr.keyboard import repairs, typed_on_vietnamese_layout
from schemas.qr.link import app_of, canonical, payloads
from schemas.qr.movement_pass import find_passes
from schemas.qr.personal import is_personal, read_personal
from schemas.qr.place import find_places
from schemas.qr.result import LinkCode, PersonCode, Reading, Trouble, Unreadable
from schemas.qr.sealed import looks_sealed

#: More than the largest QR code holds.
MAX_CHARACTERS = 8_000
_PLAIN: Mapping[int, int | str] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys([0x00A0, 0x3000, ord("\t")], " "),
    ord("¦"): "|",
}
_SEVERAL = Unreadable(Trouble.SEVERAL, "This can be read in more than one way; scan one code again.")
_UNKNOWN = Unreadable(Trouble.UNKNOWN_FORMAT, "This is no code we know; scan it again, or type the number.")


def read(text: str) -> Reading | Unreadable:
    """Return what a scanned text says, or why it can't be read. Never raises, whatever the text."""
    if len(text) > MAX_CHARACTERS:
        return Unreadable(Trouble.TOO_LONG, "This is longer than a code can be; empty the field and scan again.")
    lines = _lines(text)
    if not lines:
        return Unreadable(Trouble.EMPTY, "Nothing was scanned; scan again.")
    found = _read_lines(lines)
    if not isinstance(found, Unreadable) or found.trouble is Trouble.SEVERAL:
        return found
    repaired = [one for one in map(_read_lines, _repaired(lines)) if not isinstance(one, LinkCode)]
    if any(isinstance(other, Unreadable) and other.trouble is Trouble.SEVERAL for other in repaired):
        return _SEVERAL
    if typed_on_vietnamese_layout(text):
        found = Unreadable(Trouble.KEYBOARD, "The computer's keyboard is Vietnamese; set it to English and scan again.")
    return _agreed(repaired, otherwise=found)


def _lines(text: str) -> list[str]:
    plain = text.translate(_PLAIN)
    lines = ("".join(character for character in line if character.isprintable()) for line in plain.splitlines())
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _repaired(lines: list[str]) -> Iterator[list[str]]:
    """Yield the lines as each layout may have been meant; a line feed is no character of a layout."""
    for repaired in repairs("\n".join(lines)):
        yield repaired.split("\n")


def _read_lines(lines: list[str]) -> Reading | Unreadable:
    joined = _read_one("".join(lines))
    return joined if len(lines) == 1 else _agreed([joined, *map(_read_one, lines)], otherwise=joined)


def _agreed(found: Iterable[Reading | Unreadable], *, otherwise: Reading | Unreadable) -> Reading | Unreadable:
    """Return the first reading among `found`; if they name different persons, passes or places, none."""
    readings = [one for one in found if not isinstance(one, Unreadable)]
    if len({_named(one) for one in readings}) > 1:
        return _SEVERAL
    return readings[0] if readings else otherwise


def _named(reading: Reading) -> Hashable:
    """Return what a reading names, without what may be missing from a part of the same code."""
    return reading.identity if isinstance(reading, PersonCode) else replace(reading, app=SourceApp.OTHER)


def _read_one(text: str) -> Reading | Unreadable:
    url = canonical(text)
    return _read_format(text) if url is None else _read_link(url)


def _read_link(url: str) -> Reading | Unreadable:
    app = app_of(url)
    inside = [_read_format(payload) for payload in payloads(url)]
    broken = [one for one in inside if isinstance(one, Unreadable) and one is not _UNKNOWN]
    found = _agreed(inside, otherwise=broken[0] if broken else LinkCode(url=url))
    if isinstance(found, Unreadable):
        return found
    return replace(found, app=app)


def _read_format(text: str) -> Reading | Unreadable:
    compact = "".join(text.split())
    sealed = [*find_places(compact), *find_passes(compact)]
    fields = text.split("|")
    of_person = is_card(fields) or is_personal(fields)
    if sealed:
        return sealed[0] if len(sealed) == 1 and not of_person else _SEVERAL
    if of_person:
        return _read_alone(fields)
    if looks_sealed(compact):
        return Unreadable(Trouble.DAMAGED, "The code was not read as a whole; scan it again.")
    return _UNKNOWN


def _read_alone(fields: Sequence[str]) -> Reading | Unreadable:
    """Return the person of a code's fields, unless the same line holds another code, too."""
    found = _read_person(fields)
    if isinstance(found, Unreadable):
        return found
    if looks_sealed("".join(fields[0].split())):
        return _SEVERAL
    others = map(_read_person, codes_behind(fields))
    alone = all(isinstance(other, PersonCode) and other.identity == found.identity for other in others)
    return found if alone else _SEVERAL


def _read_person(fields: Sequence[str]) -> PersonCode | Unreadable:
    return read_card(fields) if is_card(fields) else read_personal(fields)
