"""Which events corrections withdraw or replace, from the raw topic of corrections: the rule of `corrections_standing`.

A correction can itself be corrected, and so can that. It makes no difference in which order they are heard, nor how
often.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from confluent_kafka import Message

from schemas.decode import OK, decode_batch, spans_of
from schemas.kinds import CORRECTION
from schemas.plan import plan_of
from streams.batch import keys_match
from streams.people.sound import judge
from streams.rules.table import rule_of

Words = npt.NDArray[np.uint64]
#: As many levels as the view asks: chains of up to six corrections are told exactly.
_LEVELS = 5
_ID_BYTES = 16


class Heard(NamedTuple):
    """A correction of the event `corrects`; `subject` is that of both."""

    event_id: bytes
    subject: bytes
    corrects: bytes


def read_corrections(messages: Sequence[Message], *, wanted: Callable[[Words], npt.NDArray[np.bool_]]) -> list[Heard]:
    """Return the corrections among raw events that the pipeline takes, of subjects that are `wanted` (words (n, 2))."""
    columns, status = decode_batch(plan_of(CORRECTION), spans_of([message.value() or b"" for message in messages]))
    rule_of(CORRECTION).check(columns, status)
    keyed = keys_match(spans_of([message.key() or b"" for message in messages]), columns)
    logged_ms = np.array([message.timestamp()[1] for message in messages], np.int64)
    judge(columns, status, keyed=keyed, logged_ms=logged_ms)
    taken = np.flatnonzero((status == OK) & wanted(columns.words("subject")))
    ids, subjects, corrects = (columns.words(name)[taken] for name in ("event_id", "subject", "corrects"))
    return [Heard(*(words[row].tobytes() for words in (ids, subjects, corrects))) for row in range(len(taken))]


class Corrections:
    """The corrections heard so far; some 300 bytes each.

    What was heard more than one to two times `keep_ms` ago, by the broker's time, is forgotten; nothing if that is
    None.
    """

    def __init__(self, *, keep_ms: int | None = None) -> None:
        """Start with none."""
        self._keep_ms, self._since_ms = keep_ms, 0
        # By what they correct, and what they correct by their ids: 16 bytes each, one after the other.
        self._about, self._target = _Pairs(), _Pairs()
        self._firsts: Words | None = None

    def hear(self, heard: Iterable[Heard], *, logged_ms: int) -> set[tuple[bytes, bytes]]:
        """Add corrections; return subject and id of every event of which `withdrawn` may be another now."""
        if self._keep_ms is not None and logged_ms - self._since_ms > self._keep_ms:
            self._since_ms = logged_ms
            self._about.age()
            self._target.age()
        concerned: set[tuple[bytes, bytes]] = set()
        for one in heard:
            if self._about.add(one.corrects, one.event_id):
                self._target.add(one.event_id, one.corrects)
                self._firsts = None
                concerned |= {(one.subject, event) for event in self._upwards(one.corrects)}
        return concerned

    def withdrawn(self, event_id: bytes) -> bool:
        """Tell whether a correction that stands withdraws or replaces an event."""
        return any(self._stands(one, _LEVELS, {}) for one in self._about.of(event_id))

    def all_withdrawn(self, ids: Words) -> npt.NDArray[np.bool_]:
        """Return `withdrawn` of many events, whose ids are of shape (n, 2); costs next to nothing for most."""
        found = np.zeros(len(ids), np.bool_)
        firsts = self._sorted_firsts()
        if len(firsts):
            at = np.minimum(np.searchsorted(firsts, ids[:, 0]), len(firsts) - 1)
            for row in np.flatnonzero(firsts[at] == ids[:, 0]).tolist():
                found[row] = self.withdrawn(ids[row].tobytes())
        return found

    def _stands(self, one: bytes, levels: int, known: dict[tuple[bytes, int], bool]) -> bool:
        if not levels:
            return True
        if (one, levels) not in known:
            known[one, levels] = not any(self._stands(it, levels - 1, known) for it in self._about.of(one))
        return known[one, levels]

    def _upwards(self, event_id: bytes) -> set[bytes]:
        """Return an event, and if it is a correction what it is about, and so on."""
        found, new = set[bytes](), {event_id}
        while new:
            found |= new
            new = {target for one in new for target in self._target.of(one)} - found
        return found

    def _sorted_firsts(self) -> Words:
        """Return the first words of all corrected events' ids, in ascending order."""
        if self._firsts is None:
            ids = np.frombuffer(b"".join(self._about.keys()), "<u8").reshape(-1, 2)
            self._firsts = np.sort(ids[:, 0])
        return self._firsts


class _Pairs:
    """Ids by an id, in two generations."""

    def __init__(self) -> None:
        self._young: dict[bytes, bytes] = {}
        self._old: dict[bytes, bytes] = {}

    def add(self, key: bytes, value: bytes) -> bool:
        """Add a pair; return False if it is there."""
        if value in self.of(key):
            return False
        self._young[key] = self._young.get(key, b"") + value
        return True

    def of(self, key: bytes) -> list[bytes]:
        joined = self._young.get(key, b"") + self._old.get(key, b"")
        return [joined[at : at + _ID_BYTES] for at in range(0, len(joined), _ID_BYTES)]

    def keys(self) -> Iterable[bytes]:
        return (*self._young, *self._old)

    def age(self) -> None:
        """Forget the old generation; the young one is the old one from now on."""
        self._young, self._old = {}, self._young
