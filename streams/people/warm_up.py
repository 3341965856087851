"""Load the kernels of people before they are needed."""

import numpy as np

from streams.people.index import PeopleIndex
from streams.people.layout import DOSE, LINK, RECORD_WORDS
from streams.people.lookup import add_flags, passes_at
from streams.people.own_site import are_at_own_sites


def warm_up_people() -> None:
    """Look up one generated person in an index of that one."""
    somebody, now = np.ones((1, 2), np.uint64), np.ones(1, np.int64)
    facts = np.ones((1, RECORD_WORDS), np.int64)
    facts[0, LINK] = DOSE
    index = PeopleIndex()
    index.add(somebody, facts, logged_ms=1)
    index.mark(somebody.tobytes(), somebody.tobytes(), withdrawn=False, logged_ms=1)
    add_flags(index.people, subjects=somebody, event_ms=now, flags=np.zeros(1, np.uint16))
    are_at_own_sites(
        index.people, subjects=somebody, places=now, is_site=np.zeros(1, np.bool_), communes=now, event_ms=now
    )
    passes_at(index.people, subjects=somebody, passes=somebody, event_ms=now)
