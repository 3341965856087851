"""Lay out the poster of a place: heading, name, address, code, what to do. From top to bottom, in millimetres."""

from collections.abc import Iterator

from deploy.places import Place
from deploy.posters.code import QUIET_MODULES, Modules, code_text, modules_of
from deploy.posters.font import printable, wrapped
from deploy.posters.sheet import Box, Code, Shape, Sheet, Weight, Words
from deploy.posters.words import HELP, address, headline, reference, steps
from schemas.qr.place import place_text

_WIDTH, _HEIGHT = 210.0, 297.0
_MIDDLE = _WIDTH / 2
_TEXT_WIDTH = 182.0
_BLUE, _INK, _GREY, _PALE, _WHITE = "#0b4f8a", "#16202a", "#5a6672", "#e8f0f7", "#ffffff"
_BAND = 47.0
_NAME_TOP, _NAME_BOTTOM = 49.5, 90.5
_NAME_FITS = ((15, 1), (13, 2), (11, 2), (9, 3), (8, 3), (7, 4))
_ADDRESS_FITS = ((6.5, 1), (5.5, 1), (4.5, 1))
_REFERENCE_FITS = ((4.4, 1), (3.6, 1))
_LEADING = 1.15
_FRAME_TOP, _FRAME, _FRAME_SIDE = 92.0, 2.0, 126.0
_STEPS_TOP, _STEP_HEIGHT, _STEPS_LEFT = 231.5, 11.5, 36.0
_FOOT_TOP = 269.0


def poster(place: Place, *, base_url: str = "") -> Sheet:
    """Return the poster of a place; its code is a web address if there is a base, else the place's text."""
    text = code_text(place.fields["place_id"], base_url=base_url)
    name = printable(place.fields["name"])
    shapes = (
        *_heading(place),
        *_name(name, address(place)),
        *_code(place, modules_of(text)),
        *_steps(place),
        *_foot(place),
    )
    title = f"{' '.join(headline(place))}: {name} ({place_text(place.fields['place_id'])})"
    return Sheet(width=_WIDTH, height=_HEIGHT, title=title, shapes=shapes)


def _heading(place: Place) -> Iterator[Shape]:
    what, when = headline(place)
    yield Box(x=0, y=0, width=_WIDTH, height=_HEIGHT, fill=_WHITE)
    yield Box(x=0, y=0, width=_WIDTH, height=_BAND, fill=_BLUE)
    yield Words(x=_MIDDLE, y=23.5, text=what, size=22, weight=Weight.BOLD, fill=_WHITE)
    yield Words(x=_MIDDLE, y=40, text=when, size=15, weight=Weight.SEMIBOLD, fill=_WHITE)


def _name(name: str, where: str) -> Iterator[Shape]:
    """Yield the name, as large as it fits, and the address below, both in the middle of their room."""
    size, lines = wrapped(name, _NAME_FITS, width=_TEXT_WIDTH, weight=Weight.BOLD)
    small, wheres = wrapped(where, _ADDRESS_FITS, width=_TEXT_WIDTH, weight=Weight.REGULAR)
    height = _LEADING * size * len(lines) + (1.5 * small if where else 0)
    y = (_NAME_TOP + _NAME_BOTTOM - height) / 2
    for line in lines:
        yield Words(x=_MIDDLE, y=y + 0.87 * size, text=line, size=size, weight=Weight.BOLD, fill=_INK)
        y += _LEADING * size
    if where:
        yield Words(x=_MIDDLE, y=y + small, text=wheres[0], size=small, weight=Weight.REGULAR, fill=_GREY)


def _code(place: Place, modules: Modules) -> Iterator[Shape]:
    """Yield a frame, the code with its quiet zone inside, and below its text for those who have to type it."""
    left, inner = _MIDDLE - _FRAME_SIDE / 2, _FRAME_SIDE - 2 * _FRAME
    quiet = inner * QUIET_MODULES / (len(modules) + 2 * QUIET_MODULES)
    x, y = left + _FRAME, _FRAME_TOP + _FRAME
    yield Box(x=left, y=_FRAME_TOP, width=_FRAME_SIDE, height=_FRAME_SIDE, fill=_BLUE, radius=7)
    yield Box(x=x, y=y, width=inner, height=inner, fill=_WHITE, radius=5)
    yield Code(x=x + quiet, y=y + quiet, size=inner - 2 * quiet, modules=modules)
    text = place_text(place.fields["place_id"])
    below = _FRAME_TOP + _FRAME_SIDE + 7
    yield Words(x=_MIDDLE, y=below, text=text, size=5.5, weight=Weight.SEMIBOLD, fill=_INK)


def _steps(place: Place) -> Iterator[Shape]:
    for number, text in enumerate(steps(place)):
        y = _STEPS_TOP + number * _STEP_HEIGHT
        yield Box(x=_STEPS_LEFT, y=y, width=9, height=9, fill=_BLUE, radius=4.5)
        digit = str(number + 1)
        yield Words(x=_STEPS_LEFT + 4.5, y=y + 6.6, text=digit, size=6.5, weight=Weight.BOLD, fill=_WHITE)
        yield Words(
            x=_STEPS_LEFT + 13, y=y + 6.6, text=text, size=6.4, weight=Weight.SEMIBOLD, fill=_INK, centred=False
        )


def _foot(place: Place) -> Iterator[Shape]:
    yield Box(x=0, y=_FOOT_TOP, width=_WIDTH, height=_HEIGHT - _FOOT_TOP, fill=_PALE)
    yield Words(x=_MIDDLE, y=_FOOT_TOP + 11, text=HELP, size=5.2, weight=Weight.SEMIBOLD, fill=_INK)
    small, lines = wrapped(printable(reference(place)), _REFERENCE_FITS, width=_TEXT_WIDTH, weight=Weight.REGULAR)
    yield Words(x=_MIDDLE, y=_FOOT_TOP + 20, text=lines[0], size=small, weight=Weight.REGULAR, fill=_GREY)
