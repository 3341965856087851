"""What a kiosk is given is checked before anything is scanned, and explained in a sentence."""

from pathlib import Path

import pytest

from deploy.device import gateway_address, queue_directory, queue_key, token_in
from deploy.user_error import UserError
from tests.streams.gateway.samples import DEVICE_ID, TOKEN


def _private(file: Path, text: str) -> Path:
    file.touch(mode=0o600)
    file.write_text(text)
    return file


@pytest.mark.parametrize("url", ["https://gateway.example", "http://127.0.0.1:19080/", "http://localhost:1"])
def test_an_address_may_be_https_anywhere_and_http_here(url: str) -> None:
    assert gateway_address(url, allow_http=False) == url


def test_http_to_another_machine_is_a_decision() -> None:
    assert gateway_address("http://10.0.0.5:80", allow_http=True) == "http://10.0.0.5:80"
    with pytest.raises(
        UserError, match=r"numbers would cross the network readable; use https://, or give --allow-http"
    ):
        gateway_address("http://10.0.0.5:80", allow_http=False)


@pytest.mark.parametrize(
    "url", ["", "gateway", "ftp://gateway", "https://", "https://gateway/v1/scans", "https://g?x=1"]
)
def test_what_is_no_address_is_an_error(url: str) -> None:
    with pytest.raises(UserError, match="it must be like https://host"):
        gateway_address(url, allow_http=True)


def test_a_token_tells_its_device(tmp_path: Path) -> None:
    assert token_in(_private(tmp_path / "token", f"{TOKEN}\n")) == (DEVICE_ID, TOKEN)


@pytest.mark.parametrize("text", ["", "secret", "77.", f"{TOKEN} {TOKEN}", "77.ß"])
def test_what_is_no_token_is_an_error_that_does_not_show_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match="the token that `scanstream devices enrol` has printed") as refused:
        token_in(_private(tmp_path / "token", text))
    assert TOKEN not in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"token file .*token can't be read \(No such file or directory\)"):
        token_in(tmp_path / "token")
    with pytest.raises(UserError, match=r"key file .*key can't be used \(No such file or directory\)"):
        queue_key(tmp_path / "nowhere" / "key")


def test_secrets_others_can_read_are_refused(tmp_path: Path) -> None:
    file = _private(tmp_path / "secret", TOKEN)
    file.chmod(0o640)
    for read in (token_in, queue_key):
        with pytest.raises(UserError, match=r"Others on this machine can read .*secret; run `chmod 600 "):
            read(file)


def test_a_key_is_made_once_in_a_directory_of_the_owner(tmp_path: Path) -> None:
    directory = queue_directory(tmp_path / "queue")
    assert directory.stat().st_mode & 0o077 == 0
    assert queue_key(directory / "device.key") == queue_key(directory / "device.key")
    with pytest.raises(UserError, match="a key of 32 bytes in hexadecimal"):
        queue_key(_private(tmp_path / "other", "x"))
    with pytest.raises(UserError, match="can't be made"):
        queue_directory(directory / "device.key")
