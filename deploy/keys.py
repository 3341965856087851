"""Files of secret keys: read, made once where none is configured, and rotated."""

import fcntl
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.local.directory import writable_directory
from deploy.settings import Settings, variable
from deploy.user_error import UserError
from schemas.key_ring import KeyRing, MalformedKeyRing, first_ring, read_ring, write_ring
from schemas.pseudonym import PseudonymKey
from schemas.rotation import current_key


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """Where a ring of keys is: a file of the installation's choice, or one of ours in the data directory.

    Only in the data directory is it made on first use, readable by its owner only.
    """

    setting: str
    chosen: str
    own: Path

    @property
    def path(self) -> Path:
        """The file that is used."""
        return Path(self.chosen) if self.chosen else self.own


def pseudonym_keys(settings: Settings) -> KeyFile:
    """Return where the keys of pseudonyms are; whoever loses them can't recognise the same people again."""
    own = settings.data_dir / "keys" / "pseudonym.key"
    return KeyFile(setting="pseudonym_key_file", chosen=settings.pseudonym_key_file, own=own)


def vault_keys(settings: Settings) -> KeyFile:
    """Return where the master keys of contact details are; whoever loses them can't open any."""
    own = settings.data_dir / "keys" / "vault.key"
    return KeyFile(setting="vault_key_file", chosen=settings.vault_key_file, own=own)


def pseudonym_key(settings: Settings) -> PseudonymKey:
    """Return the current key that turns identities into pseudonyms; raises UserError as `key_ring` does."""
    return current_key(key_ring(pseudonym_keys(settings)))


def key_ring(file: KeyFile, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> KeyRing:
    """Return the keys of a file; `now` is written down where it is made.

    Raises UserError for a file that can't be read or is malformed. No secret is ever part of the sentence.
    """
    if not file.chosen:
        _make_once(file.own, now)
    return _read(file)


def rotate(file: KeyFile, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> KeyRing:
    """Add a version to a file of keys, and return the keys with it.

    The file is replaced as a whole, so that a reader sees the old keys or the new ones; of two who rotate at once, each
    adds a version. Raises UserError where the file can't be read or replaced.
    """
    key_ring(file, now=now)
    with _explained(file), _locked(file.path):
        try:
            ring = _read(file).rotated(random_bytes=secrets.token_bytes, now=now())
        except MalformedKeyRing as problem:
            raise UserError(f"The key file {file.path} can't have another key: {problem}.") from None
        _replace(file.path, write_ring(ring))
    return ring


def _make_once(file: Path, now: Callable[[], datetime]) -> None:
    if file.exists():
        return
    writable_directory(file.parent).chmod(0o700)
    # Written aside and linked: of two processes that start together, both end up with the first one's key.
    with tempfile.NamedTemporaryFile("w", dir=file.parent) as new:
        new.write(write_ring(first_ring(random_bytes=secrets.token_bytes, now=now())))
        new.flush()
        with suppress(FileExistsError):
            file.hardlink_to(new.name)


def _read(file: KeyFile) -> KeyRing:
    try:
        return read_ring(file.path.read_text("utf-8"))
    except OSError as problem:
        raise UserError(
            f"The key file {file.path} can't be read ({problem.strerror}); correct {variable(file.setting)}."
        ) from None
    except UnicodeDecodeError:
        raise UserError(f"The key file {file.path} is no text; correct {variable(file.setting)}.") from None
    except MalformedKeyRing as problem:
        raise UserError(f"The key file {file.path} is wrong: {problem}.") from None


@contextmanager
def _explained(file: KeyFile) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise UserError(
            f"The key file {file.path} can't be replaced ({problem.strerror}); "
            "let it lie in a directory you may write to."
        ) from problem


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Keep others who rotate waiting; the lock is on the directory, because the file is replaced."""
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


def _replace(file: Path, text: str) -> None:
    mode = file.stat().st_mode & 0o777
    with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False) as new:
        aside = Path(new.name)
        try:
            new.write(text)
            new.flush()
            aside.chmod(mode)
            aside.replace(file)
        except OSError:
            aside.unlink(missing_ok=True)
            raise
