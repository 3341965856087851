"""What the kiosk's client needs from its machine: an address, a token, a key, and a directory of its own."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.ports import LOOPBACK
from deploy.user_error import UserError
from streams.device.sealing import key_of

_TOKEN = re.compile(r"(\d{1,10})\.[A-Za-z0-9._~+/=-]{1,200}", re.ASCII)
_HERE = frozenset({LOOPBACK, "localhost", "::1"})


def gateway_address(url: str, *, allow_http: bool) -> str:
    """Return the gateway's address; raise UserError for one that isn't, or that would show numbers to the network."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise UserError(f"--gateway is {url!r}; it must be like https://host or https://host:port, without a path.")
    if parts.scheme == "http" and parts.hostname not in _HERE and not allow_http:
        raise UserError(
            "--gateway begins with http://: people's numbers would cross the network readable; use https://, or give "
            "--allow-http where the network itself is protected."
        )
    return url


def token_in(file: Path) -> tuple[int, str]:
    """Return the device's number and its whole token from a file; raise UserError for what is none."""
    try:
        _require_private(file)
        token = file.read_text("ascii").strip()
    except OSError as problem:
        raise UserError(f"The token file {file} can't be read ({problem.strerror}); correct --token-file.") from None
    except UnicodeDecodeError:
        token = ""
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise UserError(f"{file} must hold one line, the token that `scanstream devices enrol` has printed.")
    return int(found[1]), token


def queue_key(file: Path) -> bytes:
    """Return the key that seals the queue, made once if the file isn't there; raise UserError."""
    try:
        if file.exists():
            _require_private(file)
        return key_of(file)
    except OSError as problem:
        raise UserError(f"The key file {file} can't be used ({problem.strerror}); correct --key-file.") from None
    except ValueError:
        raise UserError(
            f"{file} must hold one line, a key of 32 bytes in hexadecimal; give the one of this queue."
        ) from None


def queue_directory(path: Path) -> Path:
    """Return the directory of a queue, made for its owner only if it isn't there; raise UserError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise UserError(f"The queue's directory {path} can't be made ({problem.strerror}); give another.") from None
    return path


def _require_private(file: Path) -> None:
    if file.stat().st_mode & 0o077:
        raise UserError(f"Others on this machine can read {file}; run `chmod 600 {file}` first.")
