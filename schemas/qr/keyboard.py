"""What a scanner meant that types like an American keyboard into a computer set to another one.

Such a scanner sends positions of keys; the computer makes characters of them by its own layout. Each layout below is
a bijection of the characters, so what it did can be undone; a shift key that is held or lost is not one, so only what
could not have been typed otherwise is undone. Which it was is not known: every one is tried, and a text counts only if
all the ways it can be read agree (`schemas.qr.read`).

A Vietnamese layout is not undone: its upper row types marks that combine, and software that normalises text may have
changed their order, which would swap digits.
"""

import unicodedata
from collections.abc import Iterator, Mapping

_ABSENT = "\0"
# Of any code.
_FEWEST_DIGITS = 11
_US = (
    "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./"
    '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'
)  # fmt: skip
_BRITISH = (
    "`1234567890-=qwertyuiop[]#asdfghjkl;'zxcvbnm,./"
    '¬!"£$%^&*()_+QWERTYUIOP{}~ASDFGHJKL:@ZXCVBNM<>?'
)  # fmt: skip
_GERMAN = (
    "^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-"
    "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_"
)  # fmt: skip
_FRENCH = (
    "²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!"
    f"{_ABSENT}1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§"
)  # fmt: skip
_OTHERS = [str.maketrans(layout, _US) for layout in (_BRITISH, _GERMAN, _FRENCH)]
_SHIFT_LOST: Mapping[int, int | str] = {ord("\\"): "|"}
# Held down, shift leaves what needed it anyway; an asterisk may be one, or an 8.
_SHIFT_HELD: Mapping[int, int | str] = {**str.maketrans(_US[47:], _US[:47]), ord("|"): "|", ord(":"): ":"}
_SHIFT_HELD_MASKS: Mapping[int, int | str] = {**_SHIFT_HELD, ord("*"): "*"}


def repairs(text: str) -> Iterator[str]:
    """Yield each other text of which some layout, or a shift key held or lost, makes this one."""
    held = not any(character in _US[:47] for character in text)
    for layout in [_SHIFT_LOST, *_OTHERS, *([_SHIFT_HELD, _SHIFT_HELD_MASKS] if held else [])]:
        if (repaired := text.translate(layout)) != text:
            yield repaired


def typed_on_vietnamese_layout(text: str) -> bool:
    """Tell whether the digits of the text seem to have become letters and marks of a Vietnamese layout."""
    if any(character in "0123456789" for character in text):
        return False
    marks = [letter for letter in unicodedata.normalize("NFD", text) if letter in "đ₫" or unicodedata.combining(letter)]
    return len(marks) >= _FEWEST_DIGITS
