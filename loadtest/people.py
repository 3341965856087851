"""Some of the people of a load, to report something about them."""

import numpy as np

from loadtest.generate import Workload

_NOBODY = bytes(16)


def people_of(workload: Workload, count: int) -> list[bytes]:
    """Return up to `count` subjects (16 bytes each) of scans evenly spread over the load, sorted; nobody anonymous."""
    wanted = np.unique(np.linspace(0, len(workload) - 1, count, dtype=np.int64))
    found: set[bytes] = set()
    first = 0
    for chunk in workload.chunks():
        subjects = chunk.columns.words("subject")
        here = wanted[(wanted >= first) & (wanted < first + len(chunk))] - first
        found |= {subjects[row].tobytes() for row in here.tolist()}
        first += len(chunk)
    return sorted(found - {_NOBODY})
