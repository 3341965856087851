"""Decide late scans by what landed before them: the sink's half of the rules for retries and re-scans.

The worker decides what its memory can tell; the rest it marks `Flag.CHECKED`. A decision here depends only on scans
with a smaller offset of the same feed and partition, so that it comes out the same whenever it is made again.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.enums import Verdict
from schemas.kinds import Feed
from sinks.scans import Bools, Ints, Scans

#: A device's clock may be wrong by up to this (more is rejected), so a retry's corrected time may differ by it.
MOST_SKEW_MS = 24 * 3600 * 1000
#: Retention deletes no event within 14 days of it, and no copy waits longer than seven for a decision (the landing log
#: is kept no longer). With a day for a corrected clock and one between the broker's clock and retention's, no copy that
#: the broker took before this age can be of a deleted event.
AGED_MS = 5 * 24 * 3600 * 1000

#: Plain integers: the loop below runs for every late scan.
_ACCEPTED, _RESCAN, _RETRY = int(Verdict.ACCEPTED), int(Verdict.RESCAN), int(Verdict.RETRY)
_Key = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Asks for the landed scans that could matter to `scans`, which are to be checked.

    Those are rows of the same feed and partition with an offset below `before`, and of one of these scans the place,
    the subject, and a time: corrected times nearer than `rescan_window_ms`, or the same device time. A retry repeats
    the whole event, so it has place, device, subject and device time of the first copy. `skewed` marks the scans of
    devices of which a landed scan's time was corrected: there the copies' corrected times may differ by up to
    MOST_SKEW_MS, as the clock may have been set between. `aged` marks those that were older than AGED_MS when the
    broker took them: what they repeat may have been deleted since.
    """

    feed: Feed
    partition: int
    before: int
    scans: Scans
    skewed: Bools
    aged: Bools
    rescan_window_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Per scan its verdict, and for a re-scan the offset of the accepted scan it repeats (else -1)."""

    verdict: npt.NDArray[np.uint8]
    rescan_of: Ints


def decide(scans: Scans, *, checked: Bools, rescan_window_ms: int) -> Verdicts:
    """Return the verdicts of the `checked` scans among `scans`; what it returns for the others is theirs already.

    In order of offset: a scan id that occurred before is a RETRY; a scan less than `rescan_window_ms` from an
    accepted one of the same subject, place and direction is a RESCAN of the one with the smallest offset; any other
    is ACCEPTED. Offsets are unique.
    """
    outcomes, repeats = np.where(scans.accepted, _ACCEPTED, _RESCAN).tolist(), [-1] * len(scans)
    undecided = checked.tolist()
    seen: set[tuple[int, int]] = set()
    accepted: defaultdict[_Key, list[tuple[int, int]]] = defaultdict(list)
    ids = list(zip(*scans.scan_id.T.tolist(), strict=True))
    keys = list(zip(*scans.subject.T.tolist(), scans.place_id.tolist(), scans.direction.tolist(), strict=True))
    times, offsets = scans.event_ms.tolist(), scans.offset.tolist()
    for row in np.argsort(scans.offset).tolist():
        if undecided[row]:
            near = [at for at, time in accepted[keys[row]] if abs(times[row] - time) < rescan_window_ms]
            if ids[row] in seen:
                outcomes[row] = _RETRY
            elif near:
                outcomes[row], repeats[row] = _RESCAN, near[0]
            else:
                outcomes[row] = _ACCEPTED
        seen.add(ids[row])
        if outcomes[row] == _ACCEPTED:
            accepted[keys[row]].append((offsets[row], times[row]))
    return Verdicts(verdict=np.array(outcomes, np.uint8), rescan_of=np.array(repeats, np.int64))
