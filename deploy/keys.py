"""The secret key of pseudonyms: read from a file, made once where none is configured."""

import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from deploy.local.directory import writable_directory
from deploy.settings import Settings, variable
from deploy.user_error import UserError
from schemas.pseudonym import PseudonymKey

_SECRET_BYTES = 32


def pseudonym_key(settings: Settings) -> PseudonymKey:
    """Return the key that turns identities into pseudonyms.

    The file holds one line, `<version>:<secret in hex>`. Where no file is configured, one is made in the data directory
    on first use, readable by its owner only; whoever loses it can't recognise the same people again. Raises UserError
    for a file that can't be read or is malformed. The secret is never part of the sentence.
    """
    if settings.pseudonym_key_file:
        return _read(Path(settings.pseudonym_key_file))
    file = settings.data_dir / "keys" / "pseudonym.key"
    _make_once(file)
    return _read(file)


def _make_once(file: Path) -> None:
    if file.exists():
        return
    writable_directory(file.parent).chmod(0o700)
    # Written aside and linked: of two processes that start together, both end up with the first one's key.
    with tempfile.NamedTemporaryFile("w", dir=file.parent) as new:
        new.write(f"1:{secrets.token_hex(_SECRET_BYTES)}\n")
        new.flush()
        with suppress(FileExistsError):
            file.hardlink_to(new.name)


def _read(file: Path) -> PseudonymKey:
    try:
        version, secret = file.read_text().strip().split(":")
        key = PseudonymKey(version=int(version), secret=bytes.fromhex(secret))
    except OSError as problem:
        raise UserError(
            f"The key file {file} can't be read ({problem.strerror}); correct {variable('pseudonym_key_file')}."
        ) from None
    except ValueError:
        raise UserError(f"The key file {file} must hold one line, <version>:<secret in hex>.") from None
    if len(key.secret) < _SECRET_BYTES:
        raise UserError(f"The secret in {file} is shorter than {_SECRET_BYTES} bytes; make a longer one.")
    return key
