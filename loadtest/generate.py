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
from loadtest.pieces import Pieces, of_width
from loadtest.scenario import Scenario
from loadtest.timeline import MALFORMED, WRONG_KEY, Defect, Timeline, make_timeline
from schemas.columns import Columns
from schemas.encode import encode_batch
from schemas.kinds import SCANS
from schemas.wire import partition_of

_CHUNK_EVENTS = 50_000


@dataclass(frozen=True, slots=True)
class Messages:
    """Some events in publishing order, packed; row i of everything is event i.

    `columns` hold what the sound events say (a malformed one's row is what it was before it was broken). `malformed`
    marks those whose bytes are no event; `keyed` those whose Kafka key is the subject.
    """

    timeline: Timeline
    columns: Columns
    keys: Pieces
    values: Pieces
    partitions: Ints
    malformed: npt.NDArray[np.bool_]
    keyed: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def value_bytes(self) -> int:
        """Bytes of all values."""
        return self.values.total_bytes


@dataclass(frozen=True, slots=True)
class Chunk:
    """Messages with an object for each key and value."""

    timeline: Timeline
    columns: Columns
    keys: list[Key]
    values: list[Value]
    partitions: Ints
    malformed: npt.NDArray[np.bool_]
    keyed: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def value_bytes(self) -> int:
        """Bytes of all values."""
        return sum(len(value or b"") for value in self.values)


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
    for feed in SCANS:
        scenario = Scenario(events=1, span_seconds=1.0, start_ms=0, feed=feed)
        for _ in Workload(scenario, fleet).chunks():
            pass


def make_chunk(scenario: Scenario, fleet: Fleet, part: Timeline) -> Chunk:
    """Return the messages of the events in `part`, each as objects."""
    made = make_messages(scenario, fleet, part)
    keys, values = made.keys.tolist(), made.values.tolist()
    return Chunk(part, made.columns, keys, values, made.partitions, made.malformed, made.keyed)


def make_messages(scenario: Scenario, fleet: Fleet, part: Timeline) -> Messages:
    """Return the messages of the events in `part`."""
    columns = make_columns(scenario, fleet, part)
    subjects = columns.words("subject")
    spans = encode_batch(columns)
    keys, values = of_width(subjects, 16), Pieces(spans.buffer, spans.starts, spans.lengths)
    broken = _broken(scenario, part, keys, values)
    keys = keys.replaced({row: key for row, (key, _) in broken.items()})
    values = values.replaced({row: value for row, (_, value) in broken.items()})
    partitions = partitions_of(subjects, scenario.partitions)
    for row, (key, _) in broken.items():
        if key is not None:
            partitions[row] = partition_of(key, scenario.partitions)
    return Messages(part, columns, keys, values, partitions, part.is_any(MALFORMED), ~part.is_any(WRONG_KEY))


def _broken(scenario: Scenario, part: Timeline, keys: Pieces, values: Pieces) -> dict[int, tuple[Key, Value]]:
    return {
        row: break_message(
            Defect(int(part.defect[row])),
            feed=scenario.feed,
            key=keys[row] or b"",
            value=values[row] or b"",
            seed=scenario.seed * 1_000_003 + int(part.scan[row]),
        )
        for row in np.flatnonzero(part.defect).tolist()
    }
