"""The files of a device's queue: one process at a time, its owner's only, and what is committed is on the disk."""

import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path

# The write-ahead log is forced to the disk at every commit (synchronous = FULL). Deleted rows are overwritten and the
# log cut off once it is merged: the seal must not be all that stands between a stolen disk and last week's scans.
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "journal_size_limit = 0")
_TABLES = """
CREATE TABLE IF NOT EXISTS waiting
(
    device_seq INTEGER PRIMARY KEY AUTOINCREMENT,
    scan_id BLOB NOT NULL UNIQUE,
    event_time_ms INTEGER NOT NULL,
    sealed BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS refused
(
    device_seq INTEGER PRIMARY KEY,
    scan_id BLOB NOT NULL,
    event_time_ms INTEGER NOT NULL,
    refused_at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS probe (sealed BLOB NOT NULL);
"""


class QueueError(Exception):
    """The queue can't be used; the text says why and what to do."""


def locked(file: Path) -> int:
    """Return the descriptor of a lock that is ours until it is closed; raise QueueError if it is another's."""
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise QueueError(f"The queue's directory {file.parent} can't be used ({error.strerror}).") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise QueueError(f"Another process uses the queue in {file.parent}; stop it, or choose another.") from error
    return descriptor


def opened(file: Path) -> sqlite3.Connection:
    """Return a connection to the queue's database, made if it isn't there; raise sqlite3.Error and OSError."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite's other files get the same rights
    database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    for pragma in _PRAGMAS:
        with closing(database.execute(f"PRAGMA {pragma}")):
            pass
    database.executescript(_TABLES)
    return database


def read_only(file: Path) -> sqlite3.Connection:
    """Return a connection that changes nothing, also while another process writes; raise sqlite3.Error."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
