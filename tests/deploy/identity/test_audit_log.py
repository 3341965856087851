"""The log is written before anything is done, and nothing is written to one that is not as it was."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.identity.audit_log import AuditLog, CannotAudit
from schemas.audit import Act, Entry, next_entry, read_entry, write_entry
from sinks.vault.witness import MemoryWitness

_ACT = Act(
    at="2021-09-01T00:00:00.000+00:00",
    actor="an",
    action="open",
    subjects=("0a" * 16,),
    case="F0-1",
    reason="truy vết\u2028F1",
    approved_by="",
    outcome="granted",
)


class DeafWitness(MemoryWitness):
    """A witness nobody can reach any more."""

    def tell(self, entries: Sequence[Entry]) -> None:
        raise ConnectionError(f"no answer, {len(entries)} not told")


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "log" / "audit.log"


def test_entries_follow_each_other_and_only_the_owner_reads_them(path: Path) -> None:
    log = AuditLog(path, MemoryWitness())
    written = [log.append(_ACT) for _ in range(3)]
    assert [read_entry(line) for line in path.read_text().removesuffix("\n").split("\n")] == written
    assert [entry.number for entry in written] == [1, 2, 3]
    assert log.faults() == []
    assert len(log) == 3
    assert path.stat().st_mode & 0o777 == 0o600


def test_those_who_write_at_once_make_one_chain(path: Path) -> None:
    witness = MemoryWitness()
    threads = [threading.Thread(target=lambda: AuditLog(path, witness).append(_ACT)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditLog(path, witness).faults() == []
    assert len(AuditLog(path, witness)) == 8


def _changed(line: str) -> str:
    return line.replace("F0-1", "F0-2")


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda lines: [lines[0], _changed(lines[1]), lines[2]], "Entry 2 was changed."),
        (lambda lines: [lines[0], lines[2]], "Entry 2 is missing."),
        (lambda lines: [lines[0], lines[2], lines[1]], "Entry 2 is missing."),
        (lambda lines: lines[:2], "Entry 3 is missing; the witness has seen it."),
        (lambda _lines: [], "Entry 1 is missing; the witness has seen it."),
        (lambda lines: [*lines, "half an en"], "Line 4 is no entry."),
        (lambda lines: [*lines[:2], write_entry(_another(read_entry(lines[1])))], "Entry 3 is not the one the witness"),
    ],
)
def test_a_log_that_was_touched_is_seen_and_nothing_more_is_written(
    path: Path, spoil: Callable[[list[str]], list[str]], fault: str
) -> None:
    log = AuditLog(path, MemoryWitness())
    for _ in range(3):
        log.append(_ACT)
    lines = spoil(path.read_text().removesuffix("\n").split("\n"))
    path.write_text("".join(f"{line}\n" for line in lines))
    before = path.read_bytes()
    assert log.faults()[0].startswith(fault)
    with pytest.raises(CannotAudit, match="is not as it was written"):
        log.append(_ACT)
    assert path.read_bytes() == before


def _another(entry: Entry) -> Entry:
    return next_entry(entry, replace(_ACT, reason="forged"))


def test_a_fresh_log_elsewhere_is_no_way_around_the_witness(path: Path, tmp_path: Path) -> None:
    witness = MemoryWitness()
    AuditLog(path, witness).append(_ACT)
    with pytest.raises(CannotAudit, match="Entry 1 is missing"):
        AuditLog(tmp_path / "mine.log", witness).append(_ACT)


def test_a_log_nothing_can_be_written_to_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "audit.log", tmp_path):
        with pytest.raises(CannotAudit, match="so nothing is done"):
            AuditLog(path, MemoryWitness()).append(_ACT)


def test_a_log_that_forgets_is_none(tmp_path: Path) -> None:
    (tmp_path / "audit.log").symlink_to("/dev/null")
    with pytest.raises(CannotAudit, match="is no file; correct SCANSTREAM_AUDIT_FILE"):
        AuditLog(tmp_path / "audit.log", MemoryWitness()).append(_ACT)


def test_an_entry_the_witness_was_not_told_is_told_with_the_next(path: Path) -> None:
    witness, deaf = MemoryWitness(), DeafWitness()
    AuditLog(path, witness).append(_ACT)
    deaf._seen = witness._seen
    with pytest.raises(CannotAudit):
        AuditLog(path, deaf).append(_ACT)
    assert AuditLog(path, witness).faults() == []
    AuditLog(path, witness).append(_ACT)
    assert [number for number, _ in witness.seen()] == [1, 2, 3]
    assert AuditLog(path, witness).faults() == []


def test_a_log_that_is_not_there_is_empty(path: Path) -> None:
    log = AuditLog(path, MemoryWitness())
    assert log.faults() == []
    assert len(log) == 0
