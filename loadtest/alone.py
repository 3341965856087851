"""Which events of a partition nothing else can touch: valid ones whose scan and visit are nobody else's.

Such an event is accepted whatever happened before it, so millions of them need no dictionaries. All others, and every
one that may be rejected, are decided by `truth`.
"""

import numpy as np
import numpy.typing as npt

from loadtest.draw import Ints
from loadtest.published import Published
from loadtest.truth import BORDERS_MS, SKEW_NOTICED_MS

_DAY_MS = 86_400_000
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def delays_ms(published: Published) -> Ints:
    """Return how long before the broker's time each event happened, by its corrected clock."""
    return published.logged_ms - published.event_ms - skews_ms(published)


def skews_ms(published: Published) -> Ints:
    """Return how far each device's clock is behind, where a gateway noticed it."""
    skew_ms = np.where(published.received_ms != 0, published.received_ms - published.sent_ms, 0)
    skew_ms[np.abs(skew_ms) <= SKEW_NOTICED_MS] = 0
    return skew_ms


def alone(published: Published) -> npt.NDArray[np.bool_]:
    """Tell which events of one partition are certain to be accepted."""
    delay_ms = delays_ms(published)
    future_ms, *_, oldest_ms = BORDERS_MS
    valid: npt.NDArray[np.bool_] = (
        (published.reason == 0)
        & published.keyed
        & published.visit[:, :16].any(axis=1)
        & published.scan_id.any(axis=1)
        & (np.abs(skews_ms(published)) <= _DAY_MS)
        & (delay_ms >= future_ms)
        & (delay_ms <= oldest_ms)
    )
    return valid & _only_one(published.scan_id) & _only_one(published.visit)


def _only_one(rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Tell which rows are certainly there once; two that differ may count as equal, which only costs time."""
    padded = np.zeros((len(rows), -(-rows.shape[1] // 8) * 8), np.uint8)
    padded[:, : rows.shape[1]] = rows
    mixed = np.zeros(len(rows), np.uint64)
    for word in padded.view(np.uint64).T:
        mixed = (mixed ^ word) * _MULTIPLIER
        mixed ^= mixed >> np.uint64(29)
    order = np.argsort(mixed)
    same = mixed[order][1:] == mixed[order][:-1]
    once = np.empty(len(rows), np.bool_)
    once[order] = ~(np.append(same, False) | np.insert(same, 0, False))
    return once
