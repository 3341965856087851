"""The key of pseudonyms is made once, kept private, and explained when it is wrong."""

import threading
from pathlib import Path

import pytest

from deploy.keys import pseudonym_key
from deploy.settings import Settings
from deploy.user_error import UserError
from schemas.pseudonym import PseudonymKey


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert pseudonym_key(settings) == pseudonym_key(settings)
    (file,) = (tmp_path / "keys").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_different_installations_have_different_keys(tmp_path: Path) -> None:
    keys = [pseudonym_key(Settings(data_dir=tmp_path / name)) for name in ("one", "other")]
    assert keys[0] != keys[1]


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    found: list[PseudonymKey] = []
    threads = [
        threading.Thread(target=lambda: found.append(pseudonym_key(Settings(data_dir=tmp_path)))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("c0ffee", "must hold one line"), ("1:xyz", "must hold one line"), ("1:abcd", "shorter than 32 bytes")],
)
def test_a_wrong_file_is_explained_without_showing_the_secret(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "key"
    file.write_text(text)
    with pytest.raises(UserError, match=sentence) as raised:
        pseudonym_key(Settings(pseudonym_key_file=str(file)))
    assert text not in str(raised.value)


def test_a_missing_file_is_explained() -> None:
    with pytest.raises(UserError, match="SCANSTREAM_PSEUDONYM_KEY_FILE"):
        pseudonym_key(Settings(pseudonym_key_file="/nowhere/key"))
