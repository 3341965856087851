"""The scans a device has not been rid of yet, in a SQLite file that survives a power failure at any moment.

A scan is on the disk when `put` returns. Its row's number is the device's counter and is never given twice, whatever
has been deleted. Nothing that names a person lies there unsealed, and what the gateway has acknowledged is deleted.
"""

import os
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from streams.device.queue_file import QueueError, locked, opened, read_only
from streams.device.scan import Scan
from streams.device.sealing import Sealer, Unsealable

_FILE, _LOCK = "queue.sqlite", "queue.lock"
_PROBE = b"scanstream device queue"
_REFUSED = "SELECT device_seq, scan_id, event_time_ms, reason FROM refused ORDER BY device_seq LIMIT ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A scan that waits; `event` is None if what lies on the disk has been damaged."""

    device_seq: int
    scan_id: uuid.UUID
    event_time_ms: int
    event: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A scan the gateway refused for good. Whom it was of is forgotten."""

    device_seq: int
    scan_id: uuid.UUID
    event_time_ms: int
    reason: str


class ScanQueue:
    """The queue in one directory. Threads may share it; a second process is refused."""

    def __init__(self, directory: Path, sealer: Sealer) -> None:
        """Open the queue, or make it, readable by its owner only; raise QueueError."""
        self._file = directory / _FILE
        self._sealer = sealer
        self._mutex = threading.Lock()
        self._lock = locked(directory / _LOCK)
        try:
            self._database = opened(self._file)
            self._check_key()
        except (sqlite3.Error, OSError) as error:
            os.close(self._lock)
            raise QueueError(
                f"The queue {self._file} can't be used ({error}); mend the disk, or move the file aside to start anew."
            ) from error
        except QueueError:
            self.close()
            raise

    def put(self, scan: Scan) -> int:
        """Keep a scan and return its number; when this returns no power failure takes it. Raise QueueError."""
        sealed = self._sealer.seal(scan.event, purpose=scan.scan_id.bytes)
        row = (scan.scan_id.bytes, scan.event_time_ms, sealed)
        with self._writing() as database:
            cursor = database.execute("INSERT INTO waiting (scan_id, event_time_ms, sealed) VALUES (?, ?, ?)", row)
            return cursor.lastrowid or 0

    def oldest(self, limit: int) -> list[Waiting]:
        """Return up to `limit` scans that wait, in the order they were made; raise QueueError."""
        query = "SELECT device_seq, scan_id, event_time_ms, sealed FROM waiting ORDER BY device_seq LIMIT ?"
        return [self._unsealed(*row) for row in self._rows(query, limit)]

    def settle(self, *, delivered: Sequence[int], refused: Sequence[Refused], now_ms: int) -> None:
        """Delete what the gateway has, remember what it refused and when: all of it or, with QueueError, nothing."""
        gone = [(device_seq,) for device_seq in [*delivered, *(one.device_seq for one in refused)]]
        rows = [(one.device_seq, one.scan_id.bytes, one.event_time_ms, now_ms, one.reason) for one in refused]
        with self._writing() as database:
            database.executemany("INSERT OR IGNORE INTO refused VALUES (?, ?, ?, ?, ?)", rows)
            database.executemany("DELETE FROM waiting WHERE device_seq = ?", gone)

    def refused(self) -> list[Refused]:
        """Return what was refused so far, in the order it was made; raise QueueError."""
        return [_refused(*row) for row in self._rows(_REFUSED, -1)]

    def count(self) -> int:
        """Return how many scans wait; raise QueueError."""
        return int(self._rows("SELECT count(*) FROM waiting LIMIT ?", 1)[0][0])

    def oldest_event_time_ms(self) -> int | None:
        """Return when the oldest waiting scan was made, None if none waits; raise QueueError."""
        rows = self._rows("SELECT event_time_ms FROM waiting ORDER BY device_seq LIMIT ?", 1)
        return int(rows[0][0]) if rows else None

    def last_number(self) -> int:
        """Return the last number given, 0 before the first; raise QueueError."""
        rows = self._rows("SELECT seq FROM sqlite_sequence WHERE name = 'waiting' LIMIT ?", 1)
        return int(rows[0][0]) if rows else 0

    def close(self) -> None:
        """Close the file and let another process have it."""
        with self._mutex:
            self._database.close()
            os.close(self._lock)

    def _rows(self, query: str, limit: int) -> list[tuple]:  # type: ignore[type-arg]  # a row's types are its query's
        try:
            with self._mutex:
                return self._database.execute(query, (limit,)).fetchall()
        except sqlite3.Error as error:
            raise _cannot("read", error) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._mutex, self._database:
                self._database.execute("BEGIN IMMEDIATE")
                yield self._database
        except sqlite3.Error as error:
            raise _cannot("written", error) from error

    def _unsealed(self, device_seq: int, scan_id: bytes, event_time_ms: int, sealed: bytes) -> Waiting:
        try:
            event = self._sealer.open(sealed, purpose=scan_id)
        except Unsealable:
            event = None
        identity = uuid.UUID(bytes=scan_id)
        return Waiting(device_seq=device_seq, scan_id=identity, event_time_ms=event_time_ms, event=event)

    def _check_key(self) -> None:
        """Have a wrong key noticed now, not taken for damaged scans."""
        probes = self._rows("SELECT sealed FROM probe LIMIT ?", 1)
        if not probes:
            with self._writing() as database:
                database.execute("INSERT INTO probe VALUES (?)", (self._sealer.seal(b"", purpose=_PROBE),))
            return
        try:
            self._sealer.open(probes[0][0], purpose=_PROBE)
        except Unsealable:
            raise QueueError(
                f"The queue {self._file} was sealed with another key; give the key file it was made with."
            ) from None


def refused_in(directory: Path) -> list[Refused]:
    """Return what was refused of a queue another process may be using; raise QueueError."""
    try:
        with closing(read_only(directory / _FILE)) as database:
            return [_refused(*row) for row in database.execute(_REFUSED, (-1,))]
    except sqlite3.Error as error:
        raise QueueError(f"There is no queue in {directory} that can be read ({error}); correct --queue.") from error


def _refused(device_seq: int, scan_id: bytes, event_time_ms: int, reason: str) -> Refused:
    identity = uuid.UUID(bytes=scan_id)
    return Refused(device_seq=device_seq, scan_id=identity, event_time_ms=event_time_ms, reason=reason)


def _cannot(what: str, error: sqlite3.Error) -> QueueError:
    return QueueError(f"this device's queue can't be {what} ({error}); free space on its disk or mend it")
