"""Print the kernels that the warm-up leaves out: those that something in a worker's life loads only then.

A program, because kernels that other tests have loaded must not be there already.
"""

import gc
from collections.abc import Mapping, Sequence
from dataclasses import replace

from numba.core.registry import CPUDispatcher

from schemas.kinds import FEEDS, VENUE, Feed
from schemas.wire import encode
from streams.batch import BatchProcessor
from streams.partition import Partition
from streams.people.enrich import PeopleLookup
from streams.people.facts import STATUS_FEEDS
from streams.people.loader import PeopleLoader
from streams.transport.record_batch import read_records
from streams.warm_up import warm_up
from streams.window.rules import HOUR_MS, WindowRules
from tests.streams.correction_messages import Message, correction
from tests.streams.one_batch import PERSON, REGISTRY, record_of, sent_of
from tests.streams.raw import stored, walkers
from tests.streams.transport.batches import Codec, batch_of
from tests.streams.window.events import START_MS, Event

_BATCH = 2_000


def _loaded() -> Mapping[str, int]:
    """Return how many versions of each of our kernels there are."""
    kernels = [kernel for kernel in gc.get_objects() if isinstance(kernel, CPUDispatcher)]
    ours = [kernel for kernel in kernels if kernel.py_func.__module__.partition(".")[0] in ("schemas", "streams")]
    return {f"{kernel.py_func.__module__}.{kernel.py_func.__name__}": len(kernel.signatures) for kernel in ours}


def _told_of_people() -> PeopleLoader:
    loader = PeopleLoader("nowhere:1", FEEDS, lambda _: None)
    for feed in FEEDS:
        if feed.name in STATUS_FEEDS:
            for number in (1, 2):
                record = record_of(feed, event_id=number.to_bytes(16, "big"))
                loader.take(feed, [Message(PERSON, encode(feed, record), START_MS, feed.topic)] * number)
    loader.correct([correction(b"c" * 16, (1).to_bytes(16, "big"), subject=PERSON)])
    return loader


def _hours_of_scans() -> Sequence[Event]:
    """Return five hours of scans, some of them late, some sent again."""
    walked = walkers(18_000)
    late = [replace(event, device_ms=event.device_ms - HOUR_MS) if event.scan % 5 == 0 else event for event in walked]
    return [late[at - 7] if at % 50 == 49 else event for at, event in enumerate(late)]


def _process(partition: Partition, replayed: Partition, batch: bytes, *, last: int) -> None:
    processed = partition.process(records=read_records(batch), last=last, snapshot=REGISTRY)
    if processed is not None:
        replayed.replay(processed.message)


def _partitions(feed: Feed, lookup: PeopleLookup) -> tuple[Partition, Partition]:
    processor, rules = BatchProcessor(feed=feed, people=lookup), WindowRules(rescan_ms=feed.rescan_window_ms)
    one, other = (Partition.fresh(processor=processor, number=0, rules=rules) for _ in range(2))
    return one, other


def _live(lookup: PeopleLookup) -> None:
    scans, partitions = _hours_of_scans(), _partitions(VENUE, lookup)
    for first in range(0, len(scans), _BATCH):
        _process(*partitions, stored(scans[first : first + _BATCH], first=first), last=first + _BATCH - 1)
    for feed in FEEDS:
        partitions = _partitions(feed, lookup)
        for first, codec in enumerate((Codec.NONE, Codec.LZ4)):
            _process(*partitions, batch_of([sent_of(feed)], base=first, codec=codec, appended_ms=START_MS), last=first)


def main() -> None:
    """Warm up, live, and print what has been loaded since."""
    warm_up()
    before = _loaded()
    loader = _told_of_people()
    _live(PeopleLookup(people=lambda: loader.people))
    for name, versions in sorted(_loaded().items()):
        if versions > before.get(name, 0):
            print(name, versions - before.get(name, 0))  # noqa: T201 -- a program, and this its answer


if __name__ == "__main__":
    main()
