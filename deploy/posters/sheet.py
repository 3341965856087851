"""What a sheet of paper is made of. All lengths are millimetres, from the upper left corner; colours ``#rrggbb``."""

from dataclasses import dataclass
from enum import StrEnum

from deploy.posters.code import Modules


class Weight(StrEnum):
    """A weight of the font; the value is the name of its file."""

    REGULAR = "SourceSansPro-Regular.ttf"
    SEMIBOLD = "SourceSansPro-Semibold.ttf"
    BOLD = "SourceSansPro-Bold.ttf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A filled rectangle, its corners rounded."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    radius: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of text; `y` is its baseline, `x` its middle or, if `centred` is false, its left end."""

    x: float
    y: float
    text: str
    size: float
    weight: Weight
    fill: str
    centred: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A QR code of black modules; `size` is its side without the quiet zone."""

    x: float
    y: float
    size: float
    modules: Modules


Shape = Box | Words | Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet: its size, what is on it from the back to the front, and what it is for those who can't see it."""

    width: float
    height: float
    title: str
    shapes: tuple[Shape, ...]
