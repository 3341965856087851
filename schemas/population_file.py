"""The file of a register of the population: pseudonyms only, sorted, each with the number of its person.

Layout, all little-endian: eight bytes ``SCANPOP1``, the count n as uint64, n first words of pseudonyms, n second words,
n numbers of people as uint32. A pseudonym's words are its bytes 0 to 7 and 8 to 15, as `schemas.columns` holds them.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

_MAGIC, _HEAD_BYTES, _ENTRY_BYTES = b"SCANPOP1", 16, 20


class MalformedPopulation(ValueError):
    """The file is no register of ours; the text says why."""


@dataclass(frozen=True, slots=True)
class Register:
    """Pseudonyms as two words each, ascending, and the number of each one's person."""

    firsts: npt.NDArray[np.uint64]
    seconds: npt.NDArray[np.uint64]
    persons: npt.NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.persons)


def register_of(people: Iterable[Sequence[bytes]]) -> Register:
    """Return the register of people, each given by all their pseudonyms (16 bytes); one said twice counts once.

    People are numbered in the order of their smallest pseudonyms, which tells nothing about the order they came in.
    Raises ValueError for a pseudonym of two people.
    """
    owners: dict[bytes, int] = {}
    smallest: list[bytes] = []
    for number, pseudonyms in enumerate(people):
        for pseudonym in pseudonyms:
            if owners.setdefault(pseudonym, number) != number:
                raise ValueError("two people have the same document")
        smallest.append(min(pseudonyms))
    ranks = np.empty(len(smallest), np.uint32)
    ranks[sorted(range(len(smallest)), key=smallest.__getitem__)] = np.arange(len(smallest), dtype=np.uint32)
    words = np.frombuffer(b"".join(owners), "<u8").reshape(-1, 2)
    persons = ranks[np.fromiter(owners.values(), np.int64, len(owners))]
    order = np.lexsort((words[:, 1], words[:, 0]))
    return Register(words[order, 0], words[order, 1], persons[order])


def write(file: BinaryIO, register: Register) -> None:
    """Write a register."""
    file.write(_MAGIC + len(register).to_bytes(8, "little"))
    file.writelines(
        column.astype(type_).tobytes()
        for column, type_ in ((register.firsts, "<u8"), (register.seconds, "<u8"), (register.persons, "<u4"))
    )


def read(path: Path) -> Register:
    """Map a register's file into memory; raise OSError, or MalformedPopulation for another file."""
    with path.open("rb") as file:
        head, size = file.read(_HEAD_BYTES), os.fstat(file.fileno()).st_size
    if head[:8] != _MAGIC or len(head) < _HEAD_BYTES:
        raise MalformedPopulation("it does not begin as a register does")
    count = int.from_bytes(head[8:], "little")
    if size != _HEAD_BYTES + count * _ENTRY_BYTES:
        raise MalformedPopulation(f"it says that it has {count} pseudonyms, and has {size} bytes; it was cut off")
    if not count:
        raise MalformedPopulation("it has nobody")
    return Register(
        np.memmap(path, "<u8", "r", _HEAD_BYTES, (count,)),
        np.memmap(path, "<u8", "r", _HEAD_BYTES + 8 * count, (count,)),
        np.memmap(path, "<u4", "r", _HEAD_BYTES + 16 * count, (count,)),
    )
