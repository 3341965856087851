"""Negative controls: spoil what has landed, as a broken product would have, and see that the verdict notices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from loadtest.draw import Ints
from loadtest.expected import Expected
from loadtest.offsets import CouldNotCheck
from loadtest.suite.verdict import Verdict
from schemas.enums import Verdict as RowVerdict
from schemas.kinds import Feed


class Commands(Protocol):
    """The one method of a clickhouse-connect client that is needed here."""

    def command(self, cmd: str, *, settings: dict[str, Any] | None = None) -> Any:
        """Run a statement."""


#: Holds the rows a control touches until they are put back.
_KEPT = "control_kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Something that must not pass: in which table, the rows it touches, and the statements that spoil them."""

    name: str
    table: str
    touches: str
    spoil: Sequence[str]


@dataclass(frozen=True, slots=True)
class Caught:
    """What the verdict said of a control."""

    control: str
    verdict: Verdict

    @property
    def is_caught(self) -> bool:
        """True when the verdict failed, as it must."""
        return self.verdict.outcome == "failed"


def controls(feed: Feed, expected: Expected) -> list[Control]:
    """Return the controls for what a run has landed; raise CouldNotCheck if it has too little of everything."""
    table = feed.table
    row = _one(expected, expected.verdict == RowVerdict.ACCEPTED)
    rescan = _row(feed, _one(expected, expected.verdict == RowVerdict.RESCAN))
    reject = _row(feed, _one(expected, expected.verdict == RowVerdict.REJECTED))
    original, retry = _retried(expected)
    covering = f"feed = '{feed.name}' AND partition = {row[0]} AND first <= {row[1]} AND last >= {row[1]}"
    return [
        _dropped("a sink that drops a row", table, _row(feed, row)),
        Control(
            name="a sink that lands a row twice",
            table=table,
            touches=_row(feed, row),
            spoil=[_insert(table, _select(_KEPT))],
        ),
        Control(
            name="a window that forgets a retry",
            table=table,
            touches=_row(feed, retry),
            spoil=[_insert(table, _select(table, _row(feed, original), replaced=f"{retry[1]} AS _offset"))],
        ),
        Control(
            name="a window that takes a re-scan for a visit",
            table=table,
            touches=rescan,
            spoil=[
                _delete(table, rescan),
                _insert(table, _select(_KEPT, replaced="'ACCEPTED' AS verdict, -1 AS rescan_of")),
            ],
        ),
        _dropped("a sink that drops a dead letter", "dead_letter_log", reject),
        _dropped("a ledger with a hole", "ledger", covering),
    ]


def try_controls(
    client: Commands, wanted: Sequence[Control], *, judge: Callable[[], Verdict], say: Callable[[str], None]
) -> list[Caught]:
    """Spoil, judge and restore, one control after the other; return what the verdict said of each.

    Raises CouldNotCheck if it fails what nobody has spoilt, or what was restored.
    """
    _require_passed(judge(), "what nobody has spoilt")
    found = []
    for control in wanted:
        _run(client, [f"CREATE TABLE {_KEPT} ENGINE = Memory AS {_select(control.table, control.touches)}"])
        _run(client, control.spoil)
        caught = Caught(control.name, judge())
        say(f"{control.name}: {'caught' if caught.is_caught else 'NOT CAUGHT'} ({'; '.join(caught.verdict.reasons)})")
        found.append(caught)
        put_back = _insert(control.table, _select(_KEPT))
        _run(client, [_delete(control.table, control.touches), put_back, f"DROP TABLE {_KEPT}"])
    _require_passed(judge(), "what was restored")
    return found


def _dropped(name: str, table: str, touches: str) -> Control:
    return Control(name=name, table=table, touches=touches, spoil=[_delete(table, touches)])


def _delete(table: str, which: str) -> str:
    return f"DELETE FROM {table} WHERE {which}"  # noqa: S608 -- our own names and numbers


def _insert(table: str, select: str) -> str:
    return f"INSERT INTO {table} {select}"


def _select(table: str, which: str = "1", *, replaced: str = "") -> str:
    rows = f"SELECT * FROM {table} WHERE {which}"  # noqa: S608 -- our own names and numbers
    # In one query the condition would mean the replaced column.
    return f"SELECT * REPLACE ({replaced}) FROM ({rows})" if replaced else rows  # noqa: S608 -- the same


def _row(feed: Feed, place: tuple[int, int]) -> str:
    return f"feed = '{feed.name}' AND _partition = {place[0]} AND _offset = {place[1]}"


def _one(expected: Expected, which: npt.NDArray[np.bool_]) -> tuple[int, int]:
    rows: Ints = np.flatnonzero(which)
    if not len(rows):
        raise CouldNotCheck("the run has not one event of each outcome; let it be longer")
    row = int(rows[len(rows) // 2])
    return int(expected.partition[row]), int(expected.offset[row])


def _retried(expected: Expected) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return an accepted event and a retry of it."""
    accepted = {
        expected.scan_id[row].tobytes(): row for row in np.flatnonzero(expected.verdict == RowVerdict.ACCEPTED).tolist()
    }
    for row in np.flatnonzero(expected.verdict == RowVerdict.RETRY).tolist():
        original = accepted.get(expected.scan_id[row].tobytes())
        if original is not None and expected.partition[original] == expected.partition[row]:
            return (
                (int(expected.partition[original]), int(expected.offset[original])),
                (int(expected.partition[row]), int(expected.offset[row])),
            )
    raise CouldNotCheck("the run has no retry of an accepted event; let it be longer")


def _run(client: Commands, statements: Sequence[str]) -> None:
    for statement in statements:
        # Otherwise the server would drop a block like one it has seen.
        client.command(statement, settings={"insert_deduplicate": 0})


def _require_passed(verdict: Verdict, what: str) -> None:
    if verdict.outcome != "passed":
        raise CouldNotCheck(f"the verdict fails {what}: {'; '.join(verdict.reasons)}")
