"""What has left the windows: a filter that tells of most late scans that nothing like them landed before.

A split block Bloom filter (Apache Parquet's, parquet-format BloomFilter.md: one block of eight words a key, one bit in
each) over the keys of landed scans and the hour they happened in. At 24 bits a key one probe in some thousand is
wrong, and only in one direction: it may say that there is something where nothing is. Filters are filled one after the
other; when there are `MOST_FILTERS`, the oldest is dropped and what landed until then counts as unknown.
"""

from dataclasses import dataclass, field

import numba
import numpy as np
import numpy.typing as npt

from streams.window.rules import DAY_MS, FUTURE_MS, HOUR_MS, MINUTE_MS
from streams.window.table import home

#: 512 KiB a filter stay in a core's cache while they are filled; 64 MiB a partition are a day at 250 scans a second.
_BLOCKS, _WORDS = 1 << 14, 8
MOST_FILTERS = 128
FILTER_KEYS = _BLOCKS * _WORDS * 32 // 24
FILTER_BYTES = _BLOCKS * _WORDS * 4
_SLOT_MS = HOUR_MS
#: Everything that ever landed is in the filters; nothing of it is.
EVERYTHING_MS, NOTHING_MS = -(1 << 62), 1 << 62
#: Clocks of brokers differ; a partition that moved may have stamps in another order by so much.
_BROKERS_DIFFER_MS = 5 * MINUTE_MS
#: How far behind the oldest bucket claims of devices that ran ahead are kept; see `ahead`.
CLAIMS_KEPT_MS = 3 * HOUR_MS
_SALTS = np.array(
    [0x47B6137B, 0x44974D91, 0x8824AD5B, 0xA2B7289D, 0x705495C7, 0x2DF1424B, 0x9EFC4947, 0x5C6BFB31], np.uint32
)

Filters = npt.NDArray[np.uint32]


@dataclass(slots=True)
class History:
    """The filters of one partition, from the oldest that is kept to the `active` one, around the end of the array.

    `bits` has shape (MOST_FILTERS, blocks, words); memory is taken as filters are used. `newest_ms` is the broker time
    of the newest scan in a filter (-1: unused), `logged_ms` that of the newest event of all. All scans logged after
    `known_from_ms` are in them, if they landed and are not kept elsewhere; EVERYTHING_MS: all there ever were.
    """

    bits: Filters = field(default_factory=lambda: np.zeros((MOST_FILTERS, _BLOCKS, _WORDS), np.uint32))
    newest_ms: npt.NDArray[np.int64] = field(default_factory=lambda: np.full(MOST_FILTERS, -1, np.int64))
    active: int = 0
    keys: int = 0
    logged_ms: int = 0
    known_from_ms: int = NOTHING_MS

    def __post_init__(self) -> None:
        self.newest_ms[self.active] = NOTHING_MS

    def know_from(self, *, offset: int, logged_ms: int) -> None:
        """Say that all that lands from `offset` on, logged after `logged_ms`, comes here; the first call counts."""
        if self.known_from_ms == NOTHING_MS:
            self.known_from_ms = EVERYTHING_MS if offset == 0 else logged_ms

    @property
    def blocks(self) -> Filters:
        """The active filter."""
        active: Filters = self.bits[self.active]
        return active

    @property
    def room(self) -> int:
        """How many keys the active filter can still take."""
        return max(0, FILTER_KEYS - self.keys)

    def make_room(self, events: int) -> None:
        """Begin another filter if `events` more would load this one too much."""
        if self.keys and self.room < events:
            self.begin_filter()

    def begin_filter(self) -> None:
        """Close the active filter and begin another, in place of the oldest if there are MOST_FILTERS."""
        self.newest_ms[self.active] = self.logged_ms
        self.active, self.keys = (self.active + 1) % MOST_FILTERS, 0
        if self.newest_ms[self.active] >= 0:
            self.known_from_ms = max(self.known_from_ms, int(self.newest_ms[self.active]))
            self.blocks[:] = 0
        self.newest_ms[self.active] = NOTHING_MS

    @property
    def size_bytes(self) -> int:
        """Memory of the filters in use."""
        return int(np.count_nonzero(self.newest_ms >= 0)) * FILTER_BYTES


@numba.njit(cache=True, nogil=True, inline="always")
def _mixed(first, second, slot):  # type: ignore[no-untyped-def]
    mixed = (first ^ np.uint64(slot) * np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9) ^ second
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@numba.njit(cache=True, nogil=True, inline="always")
def _bit(mixed, word):  # type: ignore[no-untyped-def]
    low = np.uint32(mixed & np.uint64(0xFFFFFFFF))
    return np.uint32(1) << (np.uint32(low * _SALTS[word]) >> np.uint32(27))


@numba.njit(cache=True, nogil=True, inline="always")
def _note(blocks, first, second, slot):  # type: ignore[no-untyped-def]
    mixed = _mixed(first, second, slot)
    block = home(mixed, second, len(blocks))
    for word in range(_WORDS):
        blocks[block, word] |= _bit(mixed, word)


@numba.njit(cache=True, nogil=True)
def _holds(blocks, first, second, slot):  # type: ignore[no-untyped-def]
    mixed = _mixed(first, second, slot)
    block = home(mixed, second, len(blocks))
    missing = np.uint32(0)
    for word in range(_WORDS):
        missing |= _bit(mixed, word) & ~blocks[block, word]
    return missing == 0


@numba.njit(cache=True, nogil=True)
def note(blocks, first, second, time_ms, device_ms):  # type: ignore[no-untyped-def]
    """Add a landed scan to the active filter, under its corrected and its device's time; return the keys it took."""
    slot, own = time_ms // _SLOT_MS, device_ms // _SLOT_MS
    _note(blocks, first, second, slot)
    if own == slot:
        return 1
    _note(blocks, first, second, own)
    return 2


@numba.njit(cache=True, nogil=True)
def is_known(time_ms, device_ms, claimed, oldest_ms, known_from_ms):  # type: ignore[no-untyped-def]
    """Tell whether all that could matter to a scan was logged after `known_from_ms`.

    `time_ms` is the earliest time a neighbour can have. What landed was logged at most FUTURE_MS before its time; only
    a copy of a `claimed` time (see `ahead`) may have come up to a day before. Claims are not kept for ever: what is
    too far behind `oldest_ms`, where the oldest live bucket starts, may have been one.
    """
    if known_from_ms == EVERYTHING_MS:
        return True
    copied_ms = device_ms - DAY_MS if claimed else device_ms
    logged_ms = min(time_ms, copied_ms) - FUTURE_MS - _BROKERS_DIFFER_MS
    return logged_ms >= known_from_ms and (claimed or device_ms >= oldest_ms - CLAIMS_KEPT_MS)


@numba.njit(cache=True, nogil=True)
def may_hold(bits, newest_ms, first, second, time_ms, since_ms):  # type: ignore[no-untyped-def]
    """Tell whether a scan of the key may have landed within the hour of `time_ms`; False is certain.

    Filters whose newest scan was logged before `since_ms` are passed over.
    """
    slot = time_ms // _SLOT_MS
    for number in range(len(bits)):
        if newest_ms[number] >= since_ms and _holds(bits[number], first, second, slot):
            return True
    return False


@numba.njit(cache=True, nogil=True)
def may_repeat(bits, newest_ms, first, second, device_ms):  # type: ignore[no-untyped-def]
    """Tell whether an earlier copy of a scan may have landed: one of the same key and device time."""
    return may_hold(bits, newest_ms, first, second, device_ms, device_ms - DAY_MS - FUTURE_MS - _BROKERS_DIFFER_MS)


@numba.njit(cache=True, nogil=True)
def may_be_near(bits, newest_ms, first, second, time_ms, window_ms):  # type: ignore[no-untyped-def]
    """Tell whether a scan of the key nearer than `window_ms` (less than an hour) may have landed."""
    early, late = time_ms - window_ms, time_ms + window_ms
    since_ms = early - FUTURE_MS - _BROKERS_DIFFER_MS
    if may_hold(bits, newest_ms, first, second, early, since_ms):
        return True
    return late // _SLOT_MS != early // _SLOT_MS and may_hold(bits, newest_ms, first, second, late, since_ms)
