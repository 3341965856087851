"""Who is in the register of the population, and which pseudonyms are of one person."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numba
import numpy as np
import numpy.typing as npt

from schemas import population_file

Words = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
UNKNOWN = -1


class Population(Protocol):
    """A register of people. Threads share it; a lookup takes no lock and does not wait for a network."""

    def people(self, subjects: Words) -> Ints:
        """Return the number of each subject's person, the same for all subjects of one; UNKNOWN (-1) for none."""


@numba.njit(cache=True, nogil=True)
def _find(wanted, firsts, seconds, persons, found):  # type: ignore[no-untyped-def]
    for row in range(len(found)):
        first, second = wanted[row, 0], wanted[row, 1]
        low, high = 0, len(firsts)
        while low < high:
            middle = (low + high) // 2
            if firsts[middle] < first or (firsts[middle] == first and seconds[middle] < second):
                low = middle + 1
            else:
                high = middle
        there = low < len(firsts) and firsts[low] == first and seconds[low] == second
        found[row] = persons[low] if there else UNKNOWN


@dataclass(frozen=True, slots=True)
class FilePopulation:
    """A register in a file of pseudonyms, mapped into memory: workers on one machine share its pages."""

    register: population_file.Register

    @classmethod
    def open(cls, path: Path) -> "FilePopulation":
        """Open a file that `scanstream population build` made; raise OSError, or MalformedPopulation."""
        return cls(population_file.read(path))

    def people(self, subjects: Words) -> Ints:
        found, register = np.empty(len(subjects), np.int64), self.register
        _find(np.ascontiguousarray(subjects), register.firsts, register.seconds, register.persons, found)
        return found
