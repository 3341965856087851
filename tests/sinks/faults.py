"""A store that fails in the ways a real one does."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import pyarrow as pa

from schemas.landing import decode_block
from sinks.errors import TryAgain
from sinks.memory_writer import MemoryWriter, by_week
from sinks.writer import Insert


class Effect(Enum):
    """What a request that failed had done."""

    NOTHING = "nothing"
    FIRST_WEEK = "the rows of one week"
    EVERYTHING = "everything"
    TOKEN_ONLY = "the server remembers the token and lost the rows"  # noqa: S105 -- not a password


@dataclass(frozen=True, slots=True)
class Fault:
    """How one insert goes wrong: what it did, and whether the sink dies with it or sees a failure."""

    effect: Effect
    kills: bool


class Killed(BaseException):
    """The sink's process died here."""


class FaultyWriter(MemoryWriter):
    """Fails the inserts that `next_fault` says, and keeps what was sent, to deliver it once more later."""

    def __init__(self, next_fault: Callable[[], Fault | None]) -> None:
        super().__init__()
        self._next_fault = next_fault
        self.sent: list[Insert] = []
        #: Called when the server crashes: every sink's connection breaks.
        self.crashed: list[Callable[[], None]] = []

    def insert(self, insert: Insert) -> None:
        self.sent.append(insert)
        fault = self._next_fault()
        if fault is None:
            super().insert(insert)
            return
        self._half_way(fault.effect, insert)
        if fault.kills:
            raise Killed
        raise TryAgain("the connection broke")

    def deliver_again(self, index: int) -> None:
        """Let a request arrive that a paused sink sent, or that was still on its way."""
        if self.sent:
            super().insert(self.sent[index % len(self.sent)])

    def _half_way(self, effect: Effect, insert: Insert) -> None:
        parts = by_week(decode_block(insert.block, pa.schema([])))
        if effect is Effect.FIRST_WEEK:
            self.commit_part(insert, *parts[0])
        elif effect is Effect.EVERYTHING:
            super().insert(insert)
        elif effect is Effect.TOKEN_ONLY:
            self.remember(insert.table, (insert.token, parts[0][0]))
            for notice in self.crashed:
                notice()
