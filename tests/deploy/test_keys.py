"""Keys are made once, kept private, rotated without losing one, and explained when they are wrong."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.keys import key_ring, pseudonym_key, pseudonym_keys, rotate, vault_keys
from deploy.settings import Settings
from deploy.user_error import UserError
from schemas.key_ring import KeyRing
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
    [
        ("c0ffee", "line 1 must be <version>:<secret in hex>"),
        ("1:xyz", "line 1 must be <version>:<secret in hex>"),
        ("1:abcd", "shorter than 32 bytes"),
    ],
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


def test_a_file_that_is_no_text_is_explained(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="is no text; correct SCANSTREAM_VAULT_KEY_FILE"):
        key_ring(vault_keys(Settings(vault_key_file=str(file))))


def test_a_line_without_a_time_as_earlier_versions_wrote_it_is_a_key(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"7:{'ab' * 32}\n")
    assert pseudonym_key(Settings(pseudonym_key_file=str(file))) == PseudonymKey(7, b"\xab" * 32)


def test_a_rotated_file_has_one_key_more_and_the_same_owner(tmp_path: Path) -> None:
    keys = pseudonym_keys(Settings(data_dir=tmp_path))
    before = key_ring(keys)
    now = datetime(2021, 9, 1, tzinfo=UTC)
    after = rotate(keys, now=lambda: now)
    assert after.secrets[:-1] == before.secrets
    assert (after.current.version, after.current.made_at) == (2, now)
    assert key_ring(keys) == after
    assert pseudonym_key(Settings(data_dir=tmp_path)).secret == after.current.value
    (file,) = (tmp_path / "keys").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_of_two_who_rotate_at_once_each_adds_a_key(tmp_path: Path) -> None:
    keys = vault_keys(Settings(data_dir=tmp_path))
    key_ring(keys)
    found: list[KeyRing] = []
    threads = [threading.Thread(target=lambda: found.append(rotate(keys))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ring.current.version for ring in found) == [2, 3, 4, 5]
    assert key_ring(keys) == max(found, key=lambda ring: ring.current.version)


def test_after_the_last_version_nothing_is_rotated(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"255:{'ab' * 32}\n")
    with pytest.raises(UserError, match="version 255 is the last there can be"):
        rotate(vault_keys(Settings(vault_key_file=str(file))))
    assert file.read_text() == f"255:{'ab' * 32}\n"
