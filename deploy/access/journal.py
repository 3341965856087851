"""The journal of the door: who asked what, before it is asked."""

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from deploy.user_error import UserError

_MOST_CHARACTERS = 10_000


class Journal:
    """A file of JSON lines that only its owner may read; the auditor is shown it by whoever runs the door."""

    def __init__(self, path: Path, *, now: Callable[[], datetime]) -> None:
        """Take the file, which is made when first written, and a clock that tells an aware time."""
        self._path, self._now = path, now

    def write(self, *, name: str, role: str, query: str, refused: str = "") -> None:
        """Add a line; raise UserError where that can't be done, as then nothing may be asked.

        Of a query longer than 10,000 characters the beginning is kept.
        """
        about = {"at": self._now().isoformat(timespec="milliseconds"), "name": name, "role": role}
        line = json.dumps(about | {"query": query[:_MOST_CHARACTERS]} | ({"refused": refused} if refused else {}))
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as problem:
            raise UserError(f"The journal {self._path} can't be written ({problem.strerror}).") from problem
