"""Devices whose clocks ran ahead of the broker's, and the latest event time each has claimed.

An id sent at such a time is remembered by when it came, not by when it claims to have happened. So until the claimed
time has left the windows, memory alone can't tell whether that device's events are copies; see `history`. Such devices
are few: they are searched one by one.
"""

from collections.abc import Mapping

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def arrays_of(ahead: Mapping[int, int], *, events: int) -> tuple[Ints, Ints]:
    """Return devices and claimed times as arrays, with room for a device of each of `events` more."""
    devices, untils = np.zeros((2, len(ahead) + events), np.int64)
    devices[: len(ahead)] = list(ahead)
    untils[: len(ahead)] = list(ahead.values())
    return devices, untils


@numba.njit(cache=True, nogil=True, inline="always")
def _index_of(devices, count, device):  # type: ignore[no-untyped-def]
    for index in range(count):
        if devices[index] == device:
            return index
    return count


@numba.njit(cache=True, nogil=True)
def claim(devices, untils, count, device, time_ms):  # type: ignore[no-untyped-def]
    """Take note of a device that was ahead at `time_ms` by its own clock; return how many devices there are now."""
    index = _index_of(devices, count, device)
    untils[index] = time_ms if index == count else max(untils[index], time_ms)
    devices[index] = device
    return max(count, index + 1)


@numba.njit(cache=True, nogil=True, inline="always")
def is_claimed(devices, untils, count, device, time_ms):  # type: ignore[no-untyped-def]
    """Tell whether a device was ahead and has claimed `time_ms` or a later time."""
    index = _index_of(devices, count, device)
    return index < count and time_ms <= untils[index]
