"""The audit log on disk: entries are added at the end and never changed."""

import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from deploy.settings import Settings, variable
from deploy.user_error import UserError
from schemas.audit import Act, Entry, faults, faults_against, next_entry, read_entry, write_entry
from sinks.vault.witness import Witness


class CannotAudit(UserError):
    """What is about to be done can't be written down, so it must not be done."""


def audit_path(settings: Settings) -> Path:
    """Return where the log is."""
    return Path(settings.audit_file) if settings.audit_file else settings.data_dir / "audit.log"


class AuditLog:
    """A log file and its witness."""

    def __init__(self, path: Path, witness: Witness) -> None:
        """Take where the log is; it is made with its first entry, readable by its owner only."""
        self._path, self._witness = path, witness

    def append(self, act: Act) -> Entry:
        """Write an act down, and return its entry when it is on the disk and the witness has seen it.

        1. Keep others who write waiting. 2. Check the whole log, and that it is what the witness has seen. 3. Write the
        entry and wait for the disk. 4. Tell the witness, also of the one before if that is not known to have been seen.
        Raises CannotAudit, or what the witness does, and then the act must not be done.
        """
        try:
            with self._locked() as file:
                entries = self._checked(file)
                entry = next_entry(entries[-1] if entries else None, act)
                file.write(write_entry(entry).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
                seen = {number for number, _ in self._witness.seen()}
                self._witness.tell([it for it in (*entries[-1:], entry) if it.number not in seen])
                return entry
        except OSError as problem:
            raise CannotAudit(
                f"The audit log {self._path} can't be written ({problem.strerror}), so nothing is done; correct "
                f"{variable('audit_file')}."
            ) from problem

    def faults(self) -> list[str]:
        """Return a sentence for everything that is wrong with the log; raise CannotAudit if it can't be read."""
        try:
            lines = _lines(self._path.read_bytes())
        except FileNotFoundError:
            lines = []
        except (OSError, UnicodeDecodeError) as problem:
            raise CannotAudit(f"The audit log {self._path} can't be read ({problem}).") from problem
        return self._faults(lines)

    def acts(self, action: str) -> list[tuple[int, Act]]:
        """Return number and act of every entry with that action; raise CannotAudit if the log is not as written."""
        if found := self.faults():
            raise CannotAudit(f"The audit log {self._path} is not as it was written ({found[0]}).")
        lines = _lines(self._path.read_bytes()) if self._path.exists() else []
        return [(it.number, it.act) for it in map(read_entry, lines) if it.act.action == action]

    def __len__(self) -> int:
        """Return how many lines the log has."""
        return len(_lines(self._path.read_bytes())) if self._path.exists() else 0

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "a+b") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # what is written to /dev/null is gone
                raise CannotAudit(f"The audit log {self._path} is no file; correct {variable('audit_file')}.")
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file

    def _checked(self, file: BinaryIO) -> list[Entry]:
        file.seek(0)
        try:
            lines = _lines(file.read())
        except UnicodeDecodeError:
            lines = ["no text"]
        if found := self._faults(lines):
            raise CannotAudit(
                f"The audit log {self._path} is not as it was written ({found[0]}), so nothing is done; see "
                "`scanstream audit verify`."
            )
        return [read_entry(line) for line in lines]

    def _faults(self, lines: Sequence[str]) -> list[str]:
        if found := faults(lines):
            return found
        return faults_against([read_entry(line) for line in lines], self._witness.seen())


def _lines(content: bytes) -> list[str]:
    """Return the log's lines; one that was cut short by a crash is a line, too."""
    return content.decode("utf-8").removesuffix("\n").split("\n") if content else []
