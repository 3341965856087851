"""What is sealed opens with the same key, for the same purpose and unchanged, or not at all."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.device.sealing import KEY_BYTES, Sealer, Unsealable, key_of
from tests.streams.device.kiosk_parts import KEY


@given(st.binary(), st.binary())
def test_what_is_sealed_opens(plain: bytes, purpose: bytes) -> None:
    assert Sealer(KEY).open(Sealer(KEY).seal(plain, purpose=purpose), purpose=purpose) == plain


@given(st.binary(), st.data())
def test_a_changed_byte_is_noticed(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(Sealer(KEY).seal(plain, purpose=b"p"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Unsealable):
        Sealer(KEY).open(bytes(sealed), purpose=b"p")


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(11), bytes(40)])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(Unsealable):
        Sealer(KEY).open(sealed, purpose=b"p")


def test_another_key_or_purpose_opens_nothing_and_equal_texts_look_different() -> None:
    sealed = Sealer(KEY).seal(b"text", purpose=b"p")
    assert sealed != Sealer(KEY).seal(b"text", purpose=b"p")
    with pytest.raises(Unsealable):
        Sealer(bytes(KEY_BYTES)).open(sealed, purpose=b"p")
    with pytest.raises(Unsealable):
        Sealer(KEY).open(sealed, purpose=b"q")


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "device.key"
    key = key_of(file)
    assert len(key) == KEY_BYTES
    assert key_of(file) == key
    assert file.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("text", ["", "00", "x" * 64])
def test_what_is_no_key_is_an_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "device.key"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"."):
        key_of(file)
