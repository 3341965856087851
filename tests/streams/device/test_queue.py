"""The queue keeps scans in order, numbers them for ever, and holds nothing readable."""

import sqlite3
from pathlib import Path

import pytest

from streams.device.queue import Refused, ScanQueue, Waiting
from streams.device.queue_file import QueueError
from streams.device.sealing import Sealer
from tests.streams.device.kiosk_parts import KEY, queue_in, scan
from tests.streams.gateway.samples import raw_number


@pytest.fixture
def queue(tmp_path: Path) -> ScanQueue:
    """Return an empty queue."""
    return queue_in(tmp_path)


def _refused(waiting: Waiting) -> Refused:
    return Refused(
        device_seq=waiting.device_seq,
        scan_id=waiting.scan_id,
        event_time_ms=waiting.event_time_ms,
        reason="direction is missing",
    )


def _damage(directory: Path, statement: str) -> None:
    database = sqlite3.connect(directory / "queue.sqlite")
    database.execute(statement)
    database.commit()
    database.close()


def _fill(queue: ScanQueue) -> None:
    for number in range(2, 200):
        queue.put(scan(number))


def test_scans_come_back_as_they_were_oldest_first_after_a_restart(tmp_path: Path, queue: ScanQueue) -> None:
    scans = [scan(number) for number in range(5)]
    assert [queue.put(one) for one in scans] == [1, 2, 3, 4, 5]
    queue.close()

    again = queue_in(tmp_path)

    found = again.oldest(3)
    assert [(one.device_seq, one.scan_id, one.event) for one in found] == [
        (number + 1, one.scan_id, one.event) for number, one in enumerate(scans[:3])
    ]
    assert (again.count(), again.oldest_event_time_ms()) == (5, scans[0].event_time_ms)
    again.close()


def test_a_number_is_never_given_twice(tmp_path: Path, queue: ScanQueue) -> None:
    queue.settle(delivered=[queue.put(scan(1)), queue.put(scan(2))], refused=[], now_ms=0)
    assert (queue.count(), queue.oldest_event_time_ms()) == (0, None)
    queue.close()
    again = queue_in(tmp_path)
    assert again.put(scan(3)) == 3
    again.close()


def test_refused_scans_wait_no_more_and_are_remembered_without_the_person(tmp_path: Path, queue: ScanQueue) -> None:
    queue.put(scan(1))
    (waiting,) = queue.oldest(10)

    for _ in range(2):  # once more after a crash before the answer was acted upon
        queue.settle(delivered=[], refused=[_refused(waiting)], now_ms=5)

    assert queue.oldest(10) == []
    assert queue.refused() == [_refused(waiting)]
    queue.close()
    columns = [row[1] for row in sqlite3.connect(tmp_path / "queue.sqlite").execute("PRAGMA table_info(refused)")]
    assert columns == ["device_seq", "scan_id", "event_time_ms", "refused_at_ms", "reason"]


def test_no_file_shows_a_number_and_all_are_their_owners_only(tmp_path: Path, queue: ScanQueue) -> None:
    for number in range(20):
        queue.put(scan(number))
    files = list(tmp_path.iterdir())
    assert {file.name for file in files} >= {"queue.sqlite", "queue.sqlite-wal"}
    assert [file.stat().st_mode & 0o077 for file in files] == [0] * len(files)
    everything = b"".join(file.read_bytes() for file in files)
    assert all(raw_number(number).encode() not in everything for number in range(20))
    queue.close()


def test_what_the_gateway_has_is_gone_from_the_disk(tmp_path: Path, queue: ScanQueue) -> None:
    queue.put(scan(1))
    (waiting,) = queue.oldest(1)
    queue.settle(delivered=[waiting.device_seq], refused=[], now_ms=0)
    queue.close()
    assert waiting.scan_id.bytes not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_each_commit_is_forced_to_the_disk(tmp_path: Path) -> None:
    queue = ScanQueue(tmp_path, Sealer(KEY))
    assert queue._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert queue._database.execute("PRAGMA synchronous").fetchone() == (2,)
    queue.close()


def test_a_damaged_scan_is_told_from_a_wrong_key(tmp_path: Path, queue: ScanQueue) -> None:
    queue.put(scan(1))
    queue.put(scan(2))
    queue.close()
    _damage(tmp_path, "UPDATE waiting SET sealed = x'00' WHERE device_seq = 1")

    again = queue_in(tmp_path)
    assert [one.event is None for one in again.oldest(9)] == [True, False]
    again.close()

    with pytest.raises(QueueError, match=r"sealed with another key; give the key file it was made with"):
        queue_in(tmp_path, key=bytes(32))
    queue_in(tmp_path).close()  # the refused attempt left no lock


def test_a_second_process_is_refused(tmp_path: Path, queue: ScanQueue) -> None:
    with pytest.raises(QueueError, match=r"Another process uses the queue in .*; stop it, or choose another"):
        queue_in(tmp_path)
    queue.close()


def test_a_file_that_is_no_queue_and_a_directory_that_is_not_there_are_explained(tmp_path: Path) -> None:
    (tmp_path / "queue.sqlite").write_bytes(b"no database, but long enough to be looked at" * 40)
    with pytest.raises(QueueError, match=r"can't be used \(file is not a database\); mend the disk, or move the file"):
        queue_in(tmp_path)
    with pytest.raises(QueueError, match=r"directory .* can't be used \(No such file or directory\)"):
        queue_in(tmp_path / "nowhere")


def test_a_full_disk_refuses_the_scan_with_a_sentence_and_harms_nothing(queue: ScanQueue) -> None:
    queue.put(scan(1))
    pages = queue._database.execute("PRAGMA page_count").fetchone()[0]
    queue._database.execute(f"PRAGMA max_page_count = {pages}").fetchone()
    with pytest.raises(QueueError, match=r"can't be written \(database or disk is full\); free space"):
        _fill(queue)
    stored = queue.count()
    assert [one.device_seq for one in queue.oldest(500)] == list(range(1, stored + 1))
    queue.settle(delivered=list(range(1, stored + 1)), refused=[], now_ms=0)
    assert queue.put(scan("after")) == stored + 1
    queue.close()
