"""The truth of a run by the times the broker gave its events, however far from the intended ones."""

from dataclasses import replace

import numpy as np

from loadtest.expected import Expected, expect
from loadtest.offsets import CouldNotCheck, end_offsets
from loadtest.run import Run
from loadtest.topic_log import read_topic


def expected_as_stamped(bootstrap: str, run: Run) -> Expected:
    """Return what must become of everything a run published, exact at every border.

    Reads the topic back. Raises CouldNotCheck unless it holds, event by event, what the generator knows it published.
    """
    ends = end_offsets(bootstrap, run.feed.topic)
    log = read_topic(bootstrap, run.feed, first_offsets=run.first_offsets, ends=ends).published
    known = run.published
    logged_ms = np.zeros(len(known), np.int64)
    for partition in ends:
        mine, there = known.partition == partition, log.partition == partition
        if not np.array_equal(known.scan_id[mine & (known.reason == 0)], log.scan_id[there & (log.reason == 0)]):
            raise CouldNotCheck(f"{run.feed.topic}, partition {partition}, holds other events than were published")
        logged_ms[mine] = log.logged_ms[there]
    return expect(run.feed, replace(known, logged_ms=logged_ms), first_offsets=run.first_offsets)
