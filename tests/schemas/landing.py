"""Landing messages of generated outcomes: what trimming and the message itself are tested with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import strategies as st

from schemas import trim
from schemas.enums import Flag, Lateness, Reason, Stage, Verdict
from schemas.kinds import FEEDS, VENUE, Feed
from schemas.landing import LandingMessage, encode_block
from schemas.rows import REJECT_SCHEMA, row_schema
from schemas.trim import count_rows

#: A Tuesday noon in Vietnam.
NOON_MS = 1_622_523_600_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event; `verdict` None is an offset that holds no event."""

    verdict: Verdict | None
    late: bool = False
    checked: bool = False


outcomes = st.builds(Outcome, st.one_of(st.none(), st.sampled_from(Verdict)), st.booleans(), st.booleans())


def _blank(type_: pa.DataType) -> object:
    if pa.types.is_boolean(type_):
        return False
    if type_ == pa.binary():
        return b""
    return bytes(16) if type_ == pa.binary(16) else 0


def _rows(feed: Feed, partition: int, landed: dict[int, Outcome]) -> pa.Table:
    schema = row_schema(feed)
    count = len(landed)
    columns: dict[str, list[object]] = {field.name: [_blank(field.type)] * count for field in schema}
    columns |= {
        "_offset": list(landed),
        "_partition": [partition] * count,
        "verdict": [int(outcome.verdict or 0) for outcome in landed.values()],
        "lateness": [int(Lateness.LATE if outcome.late else Lateness.ON_TIME) for outcome in landed.values()],
        "flags": [int(Flag.CHECKED) * outcome.checked for outcome in landed.values()],
    }
    return pa.table(columns, schema)


def _rejects(feed: Feed, partition: int, offsets: Sequence[int]) -> pa.Table:
    rows = [
        {
            "feed": feed.code,
            "_partition": partition,
            "_offset": offset,
            "reason": int(Reason.TRUNCATED),
            "stage": int(Stage.DECODE),
            "logged_at": NOON_MS,
            "key": None,
            "value": offset.to_bytes(8, "big"),
        }
        for offset in offsets
    ]
    return pa.Table.from_pylist(rows, REJECT_SCHEMA)


def message_of(decided: Sequence[Outcome], *, first: int = 0, feed: Feed = VENUE, partition: int = 0) -> LandingMessage:
    """Return the message of consecutive offsets from `first` on."""
    at = dict(enumerate(decided, first))
    landed = {
        offset: outcome for offset, outcome in at.items() if outcome.verdict in (Verdict.ACCEPTED, Verdict.RESCAN)
    }
    rejected = [offset for offset, outcome in at.items() if outcome.verdict is Verdict.REJECTED]
    retries = [offset - first for offset, outcome in at.items() if outcome.verdict is Verdict.RETRY]
    rows = _rows(feed, partition, landed)
    unsettled = pa.array([outcome.checked for outcome in landed.values()], pa.bool_())
    return LandingMessage(
        feed=feed,
        partition=partition,
        first=first,
        last=first + len(decided) - 1,
        counts=count_rows(rows, rejected=len(rejected), retry=len(retries)),
        watermark_ms=NOON_MS,
        checked=sum(outcome.checked for outcome in landed.values()),
        logged_ms=NOON_MS,
        settled=encode_block(rows.filter(pc.invert(unsettled))),
        unsettled=encode_block(rows.filter(unsettled)),
        rejects=encode_block(_rejects(feed, partition, rejected)),
        retries=np.array(retries, np.uint32),
        skewed=np.array([3, 9]),
        ahead={7: NOON_MS + 1},
    )


messages = st.builds(
    message_of,
    st.lists(outcomes, min_size=1, max_size=12),
    first=st.one_of(st.integers(0, 5), st.integers(0, 1 << 40)),
    feed=st.sampled_from(FEEDS),
    partition=st.integers(0, 1_000),
)


def trimmed(log: Iterable[LandingMessage]) -> list[LandingMessage]:
    """Return a partition's log as readers see it: every offset once."""
    covered, rest = -1, []
    for message in log:
        part = trim.after(message, covered)
        if part is not None:
            rest.append(part)
            covered = part.last
    return rest
