"""Random numbers that depend on what they are for, not on when they are drawn.

A field of visit 17 is a hash of (seed, field, 17), so that any part of a workload can be made again, in any order,
alone: nothing about five million events has to be kept to know one of them.
"""

from enum import IntEnum, auto

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


class Field(IntEnum):
    """What a number is drawn for. The order is part of a seed's meaning: append, never reorder."""

    PERSON = auto()
    SUBJECT_LEFT = auto()
    SUBJECT_RIGHT = auto()
    SCAN_ID_LEFT = auto()
    SCAN_ID_RIGHT = auto()
    PLACE = auto()
    PLACE_KNOWN = auto()
    GATE = auto()
    DIRECTION = auto()
    TOKEN = auto()
    DEVICE_KNOWN = auto()
    DEVICE_ROUTE = auto()
    DEVICE_CLOCK = auto()
    DEVICE_CLOCK_OFF = auto()
    DEVICE_SEQUENCE = auto()
    CREDENTIAL = auto()
    SCAN_MODE = auto()
    APP = auto()
    NETWORK = auto()
    DECISION = auto()
    PASS_LEFT = auto()
    PASS_RIGHT = auto()
    VEHICLE_LEFT = auto()
    VEHICLE_RIGHT = auto()
    TEMPERATURE = auto()
    AHEAD = auto()
    ROUTE = auto()
    TRIP = auto()
    LATITUDE = auto()
    LONGITUDE = auto()
    SKEW = auto()
    BROKEN = auto()
    HOT_PLACE = auto()
    HOME = auto()
    TRAVEL = auto()


def _mixed(words: Words) -> Words:
    words = (words ^ (words >> np.uint64(30))) * _FIRST
    words = (words ^ (words >> np.uint64(27))) * _SECOND
    return words ^ (words >> np.uint64(31))


def words(seed: int, field: Field, index: Ints) -> Words:
    """Return 64 random bits for each index (splitmix64)."""
    start = _mixed(np.array([(seed * 1_000 + int(field)) % 2**64], np.uint64))
    return _mixed((index.astype(np.uint64) + np.uint64(1)) * _GOLDEN + start)


def uniform(seed: int, field: Field, index: Ints) -> Floats:
    """Return a float in [0, 1) for each index."""
    return (words(seed, field, index) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def below(seed: int, field: Field, index: Ints, *, limit: int) -> Ints:
    """Return an integer in [0, limit) for each index."""
    return (uniform(seed, field, index) * limit).astype(np.int64)


def pick(seed: int, field: Field, index: Ints, *, weights: dict[int, float]) -> Ints:
    """Return one of the keys of `weights` for each index, as often as its weight says."""
    edges = np.cumsum(list(weights.values()))
    chosen = np.searchsorted(edges / edges[-1], uniform(seed, field, index), side="right")
    return np.array(list(weights), np.int64)[chosen]
