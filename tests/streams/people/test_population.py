"""The register in a file answers as a dictionary would."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.population_file import MalformedPopulation, Register, read, register_of, write
from streams.people.population import UNKNOWN, FilePopulation

_PSEUDONYM = st.binary(min_size=16, max_size=16)
_PEOPLE = st.lists(_PSEUDONYM, min_size=1, max_size=30, unique=True).flatmap(
    lambda all_of_them: st.lists(st.integers(0, 5), min_size=len(all_of_them), max_size=len(all_of_them)).map(
        lambda owners: [
            [one for one, owner in zip(all_of_them, owners, strict=True) if owner == person]
            for person in sorted(set(owners))
        ]
    )
)


def _words(subjects: list[bytes]) -> np.ndarray[tuple[int, int], np.dtype[np.uint64]]:
    return np.frombuffer(b"".join(subjects), "<u8").reshape(-1, 2)


@pytest.fixture(scope="module", name="path")
def _path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("population") / "register"


def _stored(path: Path, register: Register) -> Path:
    with path.open("wb") as file:
        write(file, register)
    return path


@given(people=_PEOPLE, others=st.lists(_PSEUDONYM, max_size=5))
def test_a_persons_pseudonyms_are_one_person_and_others_nobody(
    path: Path, people: list[list[bytes]], others: list[bytes]
) -> None:
    population = FilePopulation.open(_stored(path, register_of(people)))
    numbers = [population.people(_words(pseudonyms)).tolist() for pseudonyms in people]
    assert all(len(set(of_one)) == 1 for of_one in numbers)
    assert sorted(of_one[0] for of_one in numbers) == list(range(len(people)))
    strangers = [one for one in others if not any(one in pseudonyms for pseudonyms in people)]
    assert population.people(_words(strangers)).tolist() == [UNKNOWN] * len(strangers)


def test_the_order_of_people_in_the_file_tells_nothing(path: Path) -> None:
    people = [[bytes([number]) * 16, bytes([number + 50]) * 16] for number in range(1, 9)]
    one = _stored(path, register_of(people)).read_bytes()
    assert _stored(path, register_of(person[::-1] for person in reversed(people))).read_bytes() == one


def test_a_document_of_two_people_is_refused() -> None:
    with pytest.raises(ValueError, match="two people have the same document"):
        register_of([[b"a" * 16], [b"b" * 16, b"a" * 16]])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "does not begin as a register does"),
        (b"SCANPOP", "does not begin as a register does"),
        (b"SCANPOP2" + bytes(8), "does not begin as a register does"),
        (b"SCANPOP1" + (2).to_bytes(8, "little") + bytes(39), "has 55 bytes; it was cut off"),
        (b"SCANPOP1" + bytes(8), "it has nobody"),
    ],
)
def test_another_file_is_refused(path: Path, content: bytes, complaint: str) -> None:
    path.write_bytes(content)
    with pytest.raises(MalformedPopulation, match=complaint):
        read(path)
