"""Look up what is known of people, for whole columns at once, as of each scan's event time."""

import numba
import numpy as np
import numpy.typing as npt

from schemas.enums import Flag, PassStatus
from streams.people.chains import kind_of, newest_of, older, takes_effect, takes_the_place, told_of
from streams.people.layout import (
    CONFIRMED,
    DOSE,
    FAMILY_BITS,
    FIRST,
    FROM,
    GRANTED,
    ISOLATED,
    MOST_RECORDS,
    OWNER,
    PASS_SALT,
    SUSPECTED,
    THING,
    TOLD,
    UNTIL,
    Ints,
    People,
    Words,
)
from streams.window.table import home

_ISOLATED, _SUSPECTED, _CASE = int(Flag.ISOLATED), int(Flag.SUSPECTED), int(Flag.CASE)
_ONE_DOSE, _MORE_DOSES = int(Flag.VACCINATED), int(Flag.VACCINATED | Flag.FULLY_VACCINATED)
_NONE, _VALID, _EXPIRED = int(PassStatus.NONE), int(PassStatus.VALID), int(PassStatus.EXPIRED)
_NOT_YET, _REVOKED = int(PassStatus.NOT_YET), int(PassStatus.REVOKED)
_PASS_FAMILY = GRANTED >> FAMILY_BITS
#: Rows whose slots are fetched from memory side by side; they stay in the nearest cache.
_BLOCK = 128
#: Of several passes' states the one that helps the person most counts; by state.
_RANK = np.array([0, 4, 1, 3, 2], np.int64)


@numba.njit(cache=True, nogil=True)
def stands(records, newest, at, when):  # type: ignore[no-untyped-def]
    """Tell whether nothing that is in effect at a time takes a record's place."""
    other = newest
    for _ in range(MOST_RECORDS):
        if other == 0:
            return True
        if other != at and takes_effect(records, other) <= when and takes_the_place(records, other, at):
            return False
        other = older(records, other)
    return True


@numba.njit(cache=True, nogil=True)
def _flags_of(records, newest, when):  # type: ignore[no-untyped-def]
    flags, doses, at = 0, 0, newest
    for _ in range(MOST_RECORDS):
        if at == 0:
            break
        kind = kind_of(records, at)
        if records[at - 1, FROM] <= when < records[at - 1, UNTIL]:
            if kind == DOSE:
                doses = max(doses, records[at - 1, THING])
            elif kind in (ISOLATED, SUSPECTED, CONFIRMED) and stands(records, newest, at, when):
                flags |= _ISOLATED if kind == ISOLATED else _SUSPECTED if kind == SUSPECTED else _CASE
        at = older(records, at)
    return flags | (_MORE_DOSES if doses > 1 else _ONE_DOSE if doses == 1 else 0)


@numba.njit(cache=True, nogil=True)
def _touch(slots, subjects, start, end):  # type: ignore[no-untyped-def]
    """Read the home slots of some rows one after the other: the processor waits for many of them at once."""
    touched = np.uint64(0)
    for row in range(start, end):
        touched ^= slots[home(subjects[row, 0], subjects[row, 1], len(slots)), FIRST]
    return touched


@numba.njit(cache=True, nogil=True)
def _all_flags(slots, records, subjects, event_ms, flags):  # type: ignore[no-untyped-def]
    newest, touched = np.empty(_BLOCK, np.int64), np.uint64(0)
    for start in range(0, len(event_ms), _BLOCK):
        end = min(start + _BLOCK, len(event_ms))
        touched ^= _touch(slots, subjects, start, end)
        for row in range(start, end):
            at = newest_of(slots, subjects[row, 0], subjects[row, 1])
            newest[row - start] = at
            touched ^= np.uint64(records[at - 1, TOLD] if at != 0 else 0)
        for row in range(start, end):
            if newest[row - start] != 0:
                flags[row] |= _flags_of(records, newest[row - start], event_ms[row])
    return touched


@numba.njit(cache=True, nogil=True)
def _pass_status(records, newest, when):  # type: ignore[no-untyped-def]
    """Return the best state of the passes in a chain, by what had been told of them."""
    best, at = _NONE, newest
    for _ in range(MOST_RECORDS):
        if at == 0:
            break
        kind = kind_of(records, at)
        if kind >> FAMILY_BITS == _PASS_FAMILY and told_of(records, at) <= when and stands(records, newest, at, when):
            state = _REVOKED
            if kind == GRANTED:
                state = _VALID if when < records[at - 1, UNTIL] else _EXPIRED
                state = _NOT_YET if when < records[at - 1, FROM] else state
            best = state if _RANK[state] > _RANK[best] else best
        at = older(records, at)
    return best


@numba.njit(cache=True, nogil=True)
def _owner(records, newest, first, second):  # type: ignore[no-untyped-def]
    """Return whom a pass was issued to: the person asked for if it was to them, else the one told of last."""
    found_first, found_second, told, at = np.int64(0), np.int64(0), np.int64(-1), newest
    for _ in range(MOST_RECORDS):
        if at == 0:
            break
        if kind_of(records, at) == OWNER:
            if records[at - 1, THING] == first and records[at - 1, FROM] == second:
                return first, second
            if told_of(records, at) > told:
                found_first, found_second = records[at - 1, THING], records[at - 1, FROM]
                told = told_of(records, at)
        at = older(records, at)
    return found_first, found_second


@numba.njit(cache=True, nogil=True)
def _all_passes(slots, records, subjects, passes, event_ms, status, owners):  # type: ignore[no-untyped-def]
    for row in range(len(event_ms)):
        first, second = subjects[row, 0], subjects[row, 1]
        named = passes[row, 0] != 0 or passes[row, 1] != 0
        if named:
            newest = newest_of(slots, passes[row, 0], passes[row, 1] ^ np.uint64(PASS_SALT))
        else:
            newest = newest_of(slots, first, second)
        status[row] = _pass_status(records, newest, event_ms[row])
        if named:
            owner = _owner(records, newest, np.int64(first), np.int64(second))
            owners[row, 0], owners[row, 1] = np.uint64(owner[0]), np.uint64(owner[1])


def add_flags(people: People, *, subjects: Words, event_ms: Ints, flags: npt.NDArray[np.uint16]) -> None:
    """Set the bits of `flags` for what is known of each subject at its time; n rows each. Costs nothing for nobody."""
    if people.known:
        _all_flags(people.slots, people.records, np.ascontiguousarray(subjects), event_ms, flags)


def passes_at(people: People, *, subjects: Words, passes: Words, event_ms: Ints) -> tuple[npt.NDArray[np.int8], Words]:
    """Return the state of each scan's pass at its time (`PassStatus`), and whom that pass was issued to.

    A scan that names a pass (16 bytes in `passes`, not zero) gets that one's state, whoever it was issued to; any other
    the best of the person's own, in the order VALID, NOT_YET, REVOKED, EXPIRED, NONE. Owners, of shape (n, 2), are zero
    where no pass is named and where it is not known.
    """
    status, owners = np.zeros(len(event_ms), np.int8), np.zeros((len(event_ms), 2), np.uint64)
    if people.known:
        _all_passes(
            people.slots, people.records, np.ascontiguousarray(subjects), np.ascontiguousarray(passes), event_ms,
            status, owners,
        )  # fmt: skip
    return status, owners
