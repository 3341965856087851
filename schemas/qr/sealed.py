"""Our own codes: ``PREFIX.digits.….check``, made to survive a scanner that types.

The prefix has letters that no input method and no common layout changes (no vowel, no D, no W, none that moves between
QWERTY, QWERTZ and AZERTY), the rest is digits and full stops. The check value is the CRC-32 of all before its full
stop, as ten digits: it finds every damage of up to four neighbouring characters, and others but for one in 4 billion.
It protects against damage, not against forgery: whether a place or pass exists is the register's word.
"""

import re
import zlib
from collections.abc import Sequence

_CHECK_DIGITS = 10


def seal(prefix: str, *numbers: str) -> str:
    """Return the text of a code; `numbers` are strings of ASCII digits."""
    body = ".".join((prefix, *numbers))
    return f"{body}.{_check(body)}"


def unseal(text: str, *, prefix: str, widths: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the numbers of each code of this prefix in `text` whose check value is right, each once.

    `widths` holds, for each number, its count of digits as in a regular expression (``"14"``, ``"1,10"``).
    """
    digits = r"\.".join(f"([0-9]{{{width}}})" for width in widths)
    pattern = re.compile(rf"{prefix}\.{digits}\.([0-9]{{{_CHECK_DIGITS}}})(?![0-9])", re.IGNORECASE | re.ASCII)
    found = [(match.groups()[:-1], match.groups()[-1]) for match in pattern.finditer(text)]
    return list(dict.fromkeys(numbers for numbers, check in found if check == _check(".".join((prefix, *numbers)))))


def looks_sealed(text: str) -> bool:
    """Tell whether a text may be what is left of a code of ours."""
    return re.search(rf"VNP[LS]|[0-9]\.[0-9]{{{_CHECK_DIGITS}}}$", text, re.IGNORECASE | re.ASCII) is not None


def _check(body: str) -> str:
    return f"{zlib.crc32(body.encode('ascii')):0{_CHECK_DIGITS}}"
