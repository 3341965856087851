"""Risk levels of districts and provinces, worked out slowly, and what an attacker can tell of hidden counts."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

LEAST_SHOWN = 10


def rolled_up(levels: Sequence[int]) -> int:
    """Return the level of an area by the levels of its parts, as the decision of 2021 words it."""

    def share(level: int) -> Fraction:
        return Fraction(len([one for one in levels if one >= level]), len(levels))

    if share(4) >= Fraction(30, 100) or share(3) >= Fraction(50, 100):
        return 4
    if share(3) >= Fraction(30, 100) or share(2) >= Fraction(50, 100) or 4 in levels:
        return 3
    return min(2, max(levels))


def hidden_of(counts: Mapping[int, int]) -> set[int]:
    """Return which parts of an area that is shown have to be hidden: too few, then ever more of the smallest."""
    hidden = {part for part, count in counts.items() if count < LEAST_SHOWN}
    shown = sorted(set(counts) - hidden, key=lambda part: (counts[part], part))
    while hidden and shown and (len(hidden) < 2 or sum(counts[part] for part in hidden) < LEAST_SHOWN):
        hidden.add(shown.pop(0))
    return hidden


def possible(total: int, shown: Iterable[int], hidden: int) -> set[int]:
    """Return the counts that one of `hidden` hidden parts can have for who knows the total and the shown parts.

    Each that is hidden is of fewer than 10, or of more and hidden for the sake of another; at least one is of fewer.
    """
    rest = total - sum(shown)
    found = set()
    for own in range(rest + 1):
        others = rest - own
        if hidden == 1:
            fits = others == 0 and own < LEAST_SHOWN
        elif own < LEAST_SHOWN:
            fits = True  # the others may be anything
        else:  # one of the others is of fewer than 10
            fits = others < LEAST_SHOWN or hidden > 2
        if fits:
            found.add(own)
    return found
