"""Risk levels of districts and provinces, worked out slowly, and what an attacker can tell of hidden counts."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product

LEAST_SHOWN, LEAST_TOGETHER = 10, 19


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
    """Return which parts of an area that is shown are hidden: of too few, then another, and more until they have 19.

    Those others are taken by their codes, highest first, whatever their counts.
    """
    few = {part for part, count in counts.items() if count < LEAST_SHOWN}
    hidden, shown = set(few), sorted(set(counts) - few)
    while few and shown and (hidden == few or sum(counts[part] for part in hidden) < LEAST_TOGETHER):
        hidden.add(shown.pop())
    return hidden


def possible(counts: Mapping[int, int]) -> dict[int, set[int]]:
    """Return what each hidden part can be for who knows the rule, the sum of all parts, and all that is shown.

    Tries every way to share out what is not shown, so it is for few hidden parts and small numbers.
    """
    hidden = sorted(hidden_of(counts))
    rest = sum(counts[part] for part in hidden)
    found: dict[int, set[int]] = {part: set() for part in hidden}
    for first in product(range(rest + 1), repeat=len(hidden) - 1) if hidden else ():
        shares = (*first, rest - sum(first))
        guess = dict(zip(hidden, shares, strict=True))
        if shares[-1] >= 0 and hidden_of({**counts, **guess}) == set(hidden):
            for part, share in guess.items():
                found[part].add(share)
    return found
