"""One colour for each thing, the same in every plot.

Okabe and Ito's palette, which people with any colour vision can tell apart; the page lightens it where it is dark.
"""

BLUE, ORANGE, GREEN, PINK = "#0072b2", "#e69f00", "#009e73", "#cc79a7"
SKY, RED, GREY, OLIVE = "#56b4e9", "#d55e00", "#8a8a8a", "#a29a1c"

_FIXED = {
    "worker": BLUE,
    "sink": GREEN,
    "clickhouse": ORANGE,
    "gateway": SKY,
    "broker": GREY,
    "generator": PINK,
    "observer": OLIVE,
    "offered": GREY,
    "published": SKY,
    "landed": BLUE,
    "lag": OLIVE,
    "p50": GREEN,
    "p99": RED,
    "ours": BLUE,
    "peer": GREY,
}
_OTHERS = (BLUE, ORANGE, GREEN, PINK, SKY, RED, GREY, OLIVE)

#: Stand for the page's own colours in an SVG: text, and lines that should hardly be seen.
INK, FAINT = "#010203", "#040506"
#: Names of the palette's colours on a page, which has a darker and a lighter set of them.
ON_PAGE = {
    INK: "currentColor",
    FAINT: "var(--faint)",
    BLUE: "var(--blue)",
    ORANGE: "var(--orange)",
    GREEN: "var(--green)",
    PINK: "var(--pink)",
    SKY: "var(--sky)",
    RED: "var(--red)",
    GREY: "var(--grey)",
    OLIVE: "var(--olive)",
}


def colours_of(keys: list[str]) -> dict[str, str]:
    """Return a colour for each key; those without one of their own get the palette's in order."""
    free = iter(_OTHERS * (1 + len(keys) // len(_OTHERS)))
    return {key: _FIXED[key] if key in _FIXED else next(free) for key in keys}
