"""Directories things are written to: made where they are missing, and explained where they can't be used."""

import shutil
import tempfile
from pathlib import Path

from deploy.settings import variable
from deploy.user_error import UserError

# A start from nothing writes some MB; a run of minutes some GB. With less than this a store would fail half-way.
_LEAST_FREE_BYTES = 1024**3


def writable_directory(path: Path) -> Path:
    """Make the directory if it isn't there and return it; raise UserError if no file can be made in it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            return path
    except OSError as problem:
        raise UserError(
            f"Nothing can be written to {path} ({problem.strerror}); make it a directory you may write to, or choose "
            f"another with {variable('data_dir')}."
        ) from problem


def require_room(directory: Path, *, purpose: str) -> None:
    """Raise UserError if the disk of `directory` is nearly full."""
    free_bytes = shutil.disk_usage(directory).free
    if free_bytes < _LEAST_FREE_BYTES:
        raise UserError(
            f"Only {free_bytes / 2**20:.0f} MiB are free on the disk of {directory}; {purpose} needs at least 1 GiB: "
            f"free some space, or choose another directory with {variable('data_dir')}."
        )
