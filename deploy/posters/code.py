"""The QR code of a place, as dark and light modules and as a file of its own."""

from pathlib import Path

import segno

from schemas.qr.place import place_text, place_url

#: Light modules that a code needs around it (ISO/IEC 18004).
QUIET_MODULES = 4
_FILE_MODULE_PIXELS = 20

Modules = tuple[bytearray, ...]


def code_text(place_id: int, *, base_url: str) -> str:
    """Return what the code says: the place's text, at the end of a web address if there is a base."""
    return place_url(place_id, base=base_url) if base_url else place_text(place_id)


def modules_of(text: str) -> Modules:
    """Return the code's rows of modules, 1 for dark, without the quiet zone. A third of it may be torn or stained."""
    return _code(text).matrix


def write_code(path: Path, text: str, *, kind: str) -> None:
    """Write the code alone as "svg" or "png", with its quiet zone; raise OSError."""
    with path.open("wb") as file:
        _code(text).save(file, kind=kind, border=QUIET_MODULES, scale=_FILE_MODULE_PIXELS)


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error="h", micro=False)
