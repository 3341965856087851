"""What happens to a text on its way from a scanner that types: written here from the keyboards themselves.

Each layout tells only the characters codes are made of; letters that move are no part of any number.
"""

import unicodedata

_FRENCH = dict(zip("0123456789|*.-/:<'", "à&é\"'(-è_çµ8:)!M?ù", strict=True))
_GERMAN = {"|": "'", "*": "(", "-": "ß", "/": "-", ":": "Ö", "<": ";", "'": "ä"}
_BRITISH = {"|": "~"}
_SHIFT_HELD = dict(zip("0123456789.-/,", ")!@#$%^&*(>_?<", strict=True))
_SHIFT_LOST = {"|": "\\", "*": "8", ":": ";", "<": ","}
LAYOUTS = {
    "french": _FRENCH,
    "german": _GERMAN,
    "british": _BRITISH,
    "shift held": _SHIFT_HELD,
    "shift lost for bars": {"|": "\\"},
    "shift lost": _SHIFT_LOST,
}
_VIETNAMESE = dict(zip("1234567890", "ăâêô\u0300\u0309\u0303\u0301\u0323đ", strict=True))


def typed(text: str, layout: str) -> str:
    """Return what a computer with the layout makes of the text."""
    return "".join(LAYOUTS[layout].get(character, character) for character in text)


def typed_in_vietnamese(text: str) -> str:
    """Return what a Vietnamese layout makes of the text."""
    return "".join(_VIETNAMESE.get(character, character) for character in text)


def telex(text: str) -> str:
    """Return what the input method Telex makes of the text: letters after a vowel become its marks."""
    tones = dict(zip("sfrxj", "\u0301\u0300\u0309\u0303\u0323", strict=True))
    shapes = {"aa": "â", "ee": "ê", "oo": "ô", "aw": "ă", "ow": "ơ", "uw": "ư", "dd": "đ"}
    return _composed(text, tones, shapes)


def vni(text: str) -> str:
    """Return what the input method VNI makes of the text: digits after a letter become its marks."""
    tones = dict(zip("12345", "\u0301\u0300\u0309\u0303\u0323", strict=True))
    shapes = {"a6": "â", "e6": "ê", "o6": "ô", "a8": "ă", "o7": "ơ", "u7": "ư", "d9": "đ"}
    return _composed(text, tones, shapes)


def _composed(text: str, tones: dict[str, str], shapes: dict[str, str]) -> str:
    out: list[str] = []
    for character in text:
        low = character.lower()
        if out and (shape := shapes.get(out[-1].lower() + low)):
            out[-1] = shape
        elif low in tones and (vowel := _last_vowel(out)) is not None:
            out[vowel] = unicodedata.normalize("NFC", out[vowel] + tones[low])
        else:
            out.append(character)
    return "".join(out)


def _last_vowel(out: list[str]) -> int | None:
    """Return where the last vowel of the word being typed is, None if it has none."""
    for index in range(len(out) - 1, -1, -1):
        if not out[index].isalnum():
            return None
        if unicodedata.normalize("NFD", out[index])[0].lower() in "aeiouyăâêôơư":
            return index
    return None
