"""A log nobody can change unnoticed: each entry holds the hash of the one before it.

The chain shows entries that were changed, left out or moved. It can't show that its end was cut off, or that all of it
was written anew: for that a witness elsewhere keeps the hash of every entry (`faults_against`).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

_NOTHING_BEFORE = "0" * 64


class NoEntry(Exception):
    """A line is no entry of a log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who did what to whose details, when and why. Subjects are pseudonyms in hexadecimal digits; nothing is raw.

    `outcome` is "granted", or "refused: " and the reason.
    """

    at: str
    actor: str
    action: str
    subjects: tuple[str, ...]
    case: str
    reason: str
    approved_by: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An act in the log: its number from 1, the hash of the entry before it, and its own (SHA-256, hexadecimal)."""

    number: int
    act: Act
    previous: str
    hash: str


def instant(at: datetime) -> str:
    """Return an aware time as entries have it: ISO 8601 with milliseconds."""
    return at.isoformat(timespec="milliseconds")


def next_entry(last: Entry | None, act: Act) -> Entry:
    """Return the entry that records `act` after `last`, or at the beginning."""
    number, previous = (last.number + 1, last.hash) if last else (1, _NOTHING_BEFORE)
    return Entry(number=number, act=act, previous=previous, hash=_hash(number, previous, act))


def write_entry(entry: Entry) -> str:
    """Return an entry as one line of JSON, without the line's end."""
    return json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True)


def read_entry(line: str) -> Entry:
    """Return the entry a line holds, whether it is true or not; raise NoEntry."""
    try:
        fields = json.loads(line)
        act = fields.pop("act")
        if [type(fields[name]) for name in ("number", "previous", "hash")] != [int, str, str]:
            raise NoEntry(line[:40])
        return Entry(**fields, act=Act(**(act | {"subjects": tuple(act["subjects"])})))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NoEntry(line[:40]) from None


def faults(lines: Sequence[str]) -> list[str]:
    """Return a sentence for everything that is wrong with a log's lines; none if the chain is whole."""
    return list(_faults(lines))


def faults_against(entries: Sequence[Entry], seen: Iterable[tuple[int, str]]) -> list[str]:
    """Return a sentence for every difference between a log and what the witness saw: pairs of number and hash.

    The last entry may be unseen: whoever wrote it may have ended before the witness was told.
    """
    hashes: dict[int, set[str]] = {}
    for number, hash_ in seen:
        hashes.setdefault(number, set()).add(hash_)
    written = {entry.number: entry.hash for entry in entries}
    return [*_missing(written, hashes), *_other(written, hashes)]


def _missing(written: Mapping[int, str], seen: Mapping[int, set[str]]) -> Iterator[str]:
    for number in sorted(seen.keys() - written.keys()):
        yield f"Entry {number} is missing; the witness has seen it."
    last = max(written, default=0)
    for number in sorted(written.keys() - seen.keys() - {last}):
        yield f"Entry {number} was added later; the witness has never seen it."


def _other(written: Mapping[int, str], seen: Mapping[int, set[str]]) -> Iterator[str]:
    for number in sorted(written.keys() & seen.keys()):
        if seen[number] != {written[number]}:
            yield f"Entry {number} is not the one the witness has seen."


def _faults(lines: Sequence[str]) -> Iterator[str]:
    number, previous = 0, _NOTHING_BEFORE
    for at, line in enumerate(lines, start=1):
        try:
            entry = read_entry(line)
        except NoEntry:
            yield f"Line {at} is no entry."
            continue
        yield from _faults_of(entry, number, previous)
        number, previous = entry.number, entry.hash


def _faults_of(entry: Entry, number: int, previous: str) -> Iterator[str]:
    if entry.hash != _hash(entry.number, entry.previous, entry.act):
        yield f"Entry {entry.number} was changed."
    if entry.number > number + 1:
        yield f"{_entries(number + 1, entry.number - 1)} missing."
    elif entry.number <= number:
        yield f"Entry {entry.number} comes after entry {number}."
    elif entry.previous != previous:
        yield f"Entry {entry.number} does not follow what is before it: one of the two was replaced."


def _entries(first: int, last: int) -> str:
    return f"Entry {first} is" if first == last else f"Entries {first} to {last} are"


def _hash(number: int, previous: str, act: Act) -> str:
    """Return the hash of an entry's other fields, written in one way only: JSON without blanks, keys in order."""
    content = json.dumps([number, previous, asdict(act)], ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode("ascii")).hexdigest()
