"""Kafka's partition of many 16-byte keys at once: `schemas.wire.partition_of`, vectorised."""

import numpy as np
import numpy.typing as npt

_MULTIPLIER = np.uint32(0x5BD1E995)
_START = np.uint32(0x9747B28C ^ 16)


def partitions_of(keys: npt.NDArray[np.uint64], partitions: int) -> npt.NDArray[np.int64]:
    """Return the partition of each key; `keys` has shape (n, 2), little-endian words of 16 bytes."""
    parts = np.ascontiguousarray(keys).view("<u4").reshape(-1, 4)
    state = np.full(len(parts), _START, np.uint32)
    for index in range(4):
        part = parts[:, index] * _MULTIPLIER
        part = (part ^ (part >> np.uint32(24))) * _MULTIPLIER
        state = (state * _MULTIPLIER) ^ part
    state = (state ^ (state >> np.uint32(13))) * _MULTIPLIER
    state ^= state >> np.uint32(15)
    return (state & np.uint32(0x7FFFFFFF)).astype(np.int64) % partitions
