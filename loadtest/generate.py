"""Make a scenario's messages, chunk by chunk, in the order they are published."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loadtest.defects import Key, Value, break_message
from loadtest.draw import Ints
from loadtest.fields import make_columns
from loadtest.fleet import Fleet
from loadtest.partitioner import partitions_of
from loadtest.scenario import Scenario
from loadtest.timeline import MALFORMED, WRONG_KEY, Defect, Timeline, make_timeline
from schemas.columns import Columns
from schemas.encode import encode_batch
from schemas.kinds import FEEDS
from schemas.wire import partition_of

_CHUNK_EVENTS = 50_000


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some events in publishing order; row i of everything is event i.

    `columns` hold what the sound events say (a malformed one's row is what it was before it was broken). `malformed`
    marks those whose bytes are no event; `keyed` those whose Kafka key is the subject.
    """

    timeline: Timeline
    columns: Columns
    keys: list[Key]
    values: list[Value]
    partitions: Ints
    malformed: npt.NDArray[np.bool_]
    keyed: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.values)


class Workload:
    """The events of one scenario, made as they are asked for: the same ones each time."""

    def __init__(self, scenario: Scenario, fleet: Fleet) -> None:
        self.scenario = scenario
        self.fleet = fleet
        self.timeline = make_timeline(scenario)

    def __len__(self) -> int:
        return len(self.timeline)

    def chunks(self, *, events: int = _CHUNK_EVENTS) -> Iterator[Chunk]:
        """Yield all events in publishing order, `events` at a time."""
        for start in range(0, len(self.timeline), events):
            yield make_chunk(self.scenario, self.fleet, self.timeline[start : start + events])


def warm_up(fleet: Fleet) -> None:
    """Load the compiled code that makes messages, so that the first ones of a live run are not late."""
    for feed in FEEDS:
        scenario = Scenario(events=1, span_seconds=1.0, start_ms=0, feed=feed)
        for _ in Workload(scenario, fleet).chunks():
            pass


def make_chunk(scenario: Scenario, fleet: Fleet, part: Timeline) -> Chunk:
    """Return the messages of the events in `part`."""
    columns = make_columns(scenario, fleet, part)
    subjects = columns.words("subject")
    spans = encode_batch(columns)
    ends = (spans.starts + spans.lengths).tolist()
    whole = spans.buffer.tobytes()
    values: list[Value] = [whole[start:end] for start, end in zip(spans.starts.tolist(), ends, strict=True)]
    all_keys = subjects.tobytes()
    keys: list[Key] = [all_keys[at : at + 16] for at in range(0, len(all_keys), 16)]
    partitions = partitions_of(subjects, scenario.partitions)
    for row in np.flatnonzero(part.defect).tolist():
        before = values[row], keys[row]
        keys[row], values[row] = break_message(
            Defect(int(part.defect[row])),
            feed=scenario.feed,
            key=before[1] or b"",
            value=before[0] or b"",
            seed=scenario.seed * 1_000_003 + int(part.scan[row]),
        )
        if keys[row] is not None:
            partitions[row] = partition_of(keys[row] or b"", scenario.partitions)
    return Chunk(part, columns, keys, values, partitions, part.is_any(MALFORMED), ~part.is_any(WRONG_KEY))
