"""`scanstream population build`: a file of pseudonyms, from a table of documents."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from deploy.cli import main
from deploy.keys import key_ring, pseudonym_keys, rotate
from deploy.settings import Settings
from deploy.user_error import UserError
from deploy.wiring import worker_config
from schemas.enums import TokenKind
from schemas.pseudonym import PseudonymKey
from streams.people.population import UNKNOWN, FilePopulation
from tests.deploy.cli.running import NOWHERE

#: Generated: no such numbers were ever given out (province 000).
_REGISTER = "person;kind;number\nA;CCCD;000300000017\nA;CMND;000000017\n;CCCD;000300000018\n;CCCD;000300000019\n"


def _build(content: str, directory: Path) -> Result:
    (directory / "register.csv").write_text(content, "utf-8")
    command = ["population", "build", str(directory / "register.csv"), "--out", str(directory / "register"), "--json"]
    return CliRunner(env={**NOWHERE, "SCANSTREAM_DATA_DIR": str(directory)}).invoke(main, command)


def _people(directory: Path, *documents: tuple[TokenKind, str], version: int) -> list[int]:
    ring = key_ring(pseudonym_keys(Settings(data_dir=directory)))
    key = PseudonymKey(version, ring.version(version).value)
    subjects = b"".join(key.subject(kind=kind, identity=number) for kind, number in documents)
    population = FilePopulation.open(directory / "register")
    return [int(person) for person in population.people(np.frombuffer(subjects, "<u8").reshape(-1, 2))]


def test_documents_of_a_person_belong_together_and_no_number_is_in_the_file(tmp_path: Path) -> None:
    rotate(pseudonym_keys(Settings(data_dir=tmp_path)))
    built = _build(_REGISTER, tmp_path)
    assert built.exit_code == 0, built.stderr
    assert json.loads(built.stdout) == {"people": 3, "pseudonyms": 8, "bytes": 16 + 8 * 20}
    for version in (1, 2):
        one, same, other, nobody = _people(
            tmp_path,
            (TokenKind.CCCD, "000300000017"),
            (TokenKind.CMND, "000 000 017"),
            (TokenKind.CCCD, "000300000018"),
            (TokenKind.CMND, "000300000018"),
            version=version,
        )
        assert one == same != other
        assert UNKNOWN not in {one, other}
        assert nobody == UNKNOWN
    content = (tmp_path / "register").read_bytes()
    assert not any(number in content for number in (b"000300000017", b"000000017"))
    assert (tmp_path / "register").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("kind\nCCCD\n", "the first line must name the columns number, too"),
        ("kind,number\n", "the file has no lines"),
        ("kind,number\nCCCD,000300000017\nFACE,000300000018\n", "line 3: kind must be one of CCCD, CMND"),
        ("kind,number\nANON,000300000017\n", "line 2: kind must be one of CCCD, CMND"),
        ("kind,number\nCCCD,0003****0017\n", "line 2: number is masked; give the whole one"),
        ("kind,number\nCCCD,\n", "line 2: number is empty"),
        ("kind,number\nCCCD,300000017\n", "line 2: number must have 12 digits; format it as text"),
        ("kind,number\nCCCD,000300000017\nCCCD,000300000017\n", "two people have the same document"),
    ],
)
def test_a_wrong_line_keeps_all_out_and_is_not_repeated(content: str, complaint: str, tmp_path: Path) -> None:
    ended = _build(content, tmp_path)
    assert ended.exit_code == 2
    assert complaint in ended.stderr
    assert "0003" not in ended.stderr.replace(str(tmp_path), "")
    assert not (tmp_path / "register").exists()


@pytest.mark.parametrize("content", [None, b"", b"something else that is no register", b"SCANPOP1" + b"\1" * 8])
def test_a_worker_names_a_register_it_cant_use(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "register").write_bytes(content)
    settings = Settings(population_file=str(tmp_path / "register"))
    with pytest.raises(UserError, match=r"register can't be used \(.+\); correct SCANSTREAM_POPULATION_FILE, or make"):
        worker_config(settings, metrics_port=1)


def test_a_worker_is_given_the_register(tmp_path: Path) -> None:
    assert _build(_REGISTER, tmp_path).exit_code == 0
    settings = Settings(population_file=str(tmp_path / "register"))
    assert worker_config(settings, metrics_port=1).population_file == str(tmp_path / "register")
