"""What a batch is counted as is what counting one event after the other says."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schemas.columns import Columns
from schemas.enums import CaptureMode, Lateness, Verdict
from schemas.kinds import CASE, VENUE, Feed
from schemas.landing import Counts
from schemas.plan import plan_of
from streams.tally import CLASSES, MODES, VERDICTS, captured_of, counts_of, tally
from streams.window.decide import Decisions

_events = st.lists(
    st.tuples(
        st.sampled_from(Verdict),
        st.sampled_from(Lateness),
        st.sampled_from(CaptureMode),
    ),
    max_size=200,
)
_Event = tuple[Verdict, Lateness, CaptureMode]


def _batch(feed: Feed, events: list[_Event]) -> tuple[Columns, Decisions]:
    """Return a batch, in which of rejected events only the verdict means anything."""
    count = len(events)
    columns, decisions = Columns.empty(plan_of(feed), count), Decisions.empty(count)
    columns.integers[:] = -(2**40) + 5
    decisions.lateness[:] = 255
    for index, (verdict, lateness, mode) in enumerate(events):
        decisions.verdict[index] = verdict
        if verdict is not Verdict.REJECTED:
            decisions.lateness[index] = lateness
            if feed is VENUE:
                columns.integer("capture_mode")[index] = mode
    return columns, decisions


@given(_events)
def test_counts_are_those_of_the_events(events: list[_Event]) -> None:
    verdicts = Counter(verdict for verdict, _, _ in events)
    for feed in (VENUE, CASE):
        counts = counts_of(tally(*_batch(feed, events)))
        late = sum(verdict <= Verdict.RESCAN and lateness > Lateness.ON_TIME for verdict, lateness, _ in events)
        assert counts == Counts(
            seen=len(events),
            accepted=verdicts[Verdict.ACCEPTED],
            rescan=verdicts[Verdict.RESCAN],
            retry=verdicts[Verdict.RETRY],
            rejected=verdicts[Verdict.REJECTED],
            late=late,
        )


@given(_events)
def test_what_landed_is_counted_by_how_it_was_entered_and_how_late_it_is(events: list[_Event]) -> None:
    columns, decisions = _batch(VENUE, events)
    captured = captured_of(columns, tally(columns, decisions))
    expected = Counter((mode, lateness) for verdict, lateness, mode in events if verdict <= Verdict.RESCAN)
    assert captured is not None
    assert {tuple(cell): int(captured[tuple(cell)]) for cell in np.argwhere(captured).tolist()} == expected


def test_feeds_that_do_not_know_how_they_were_entered_say_nothing_of_it() -> None:
    columns, decisions = _batch(CASE, [])
    assert captured_of(columns, tally(columns, decisions)) is None


def test_there_is_a_cell_for_every_symbol() -> None:
    assert (max(Verdict) < VERDICTS, max(CaptureMode) < MODES, max(Lateness) < CLASSES) == (True, True, True)
