"""What the windows cost, and what they forget."""

import numpy as np

from schemas.columns import Columns
from schemas.kinds import VENUE
from schemas.plan import plan_of
from streams.window.decide import Decisions, decide_batch
from streams.window.history import CLAIMS_KEPT_MS
from streams.window.rules import BUCKET_MS, DAY_MS, MINUTE_MS, WindowRules
from streams.window.state import WindowState
from tests.streams.window.events import START_MS, Event, columns_of

_RULES = WindowRules(rescan_ms=VENUE.rescan_window_ms)


def _decide(state: WindowState, columns: Columns, *, logged_ms: int, first: int) -> Decisions:
    count = len(columns)
    return decide_batch(
        state,
        columns=columns,
        status=np.zeros(count, np.uint8),
        keyed=np.ones(count, np.bool_),
        logged_ms=np.full(count, logged_ms, np.int64),
        offsets=np.arange(first, first + count),
    )


def _crowd(random: np.random.Generator, *, count: int, logged_ms: int, over_ms: int) -> Columns:
    """Return scans of different people over the `over_ms` up to `logged_ms`."""
    columns = Columns.empty(plan_of(VENUE), count)
    columns.integers[:] = 1
    columns.integer("received_at")[:] = 0
    columns.words("scan_id")[:] = random.integers(1, 1 << 63, (count, 2))
    columns.words("subject")[:] = random.integers(1, 1 << 63, (count, 2))
    columns.integer("event_time")[:] = np.sort(logged_ms - random.integers(0, over_ms, count))
    return columns


def test_a_live_key_costs_at_most_40_bytes_in_a_steady_stream() -> None:
    random, state = np.random.default_rng(1), WindowState(_RULES)
    costs = []
    for number in range(160):
        logged_ms = START_MS + number * 20_000
        columns = _crowd(random, count=5_000, logged_ms=logged_ms, over_ms=20_000)
        _decide(state, columns, logged_ms=logged_ms, first=number * 5_000)
        oldest = state.oldest_bucket
        live = state.retry.live(oldest) + state.rescan.live(oldest)
        costs.append((state.retry.size_bytes + state.rescan.size_bytes) / live)
    assert np.mean(costs[60:]) <= 36
    assert max(costs[60:]) <= 40


def test_memory_is_bounded_by_what_is_live() -> None:
    random, state = np.random.default_rng(2), WindowState(_RULES)
    sizes = []
    for number in range(60):
        logged_ms = START_MS + number * BUCKET_MS
        columns = _crowd(random, count=4_000, logged_ms=logged_ms, over_ms=BUCKET_MS)
        _decide(state, columns, logged_ms=logged_ms, first=number * 4_000)
        sizes.append(state.retry.size_bytes + state.rescan.size_bytes)
    assert max(sizes[10:]) == max(sizes[40:])


def test_the_watermark_never_goes_back() -> None:
    state = WindowState(_RULES)
    state.advance(START_MS)
    state.advance(START_MS - DAY_MS)
    assert state.watermark_ms == START_MS


def test_the_oldest_bucket_is_the_horizon_and_one_bucket_behind() -> None:
    state = WindowState(_RULES)
    state.advance(START_MS + 4 * MINUTE_MS)
    assert state.oldest_ms == START_MS - 15 * MINUTE_MS


def test_rejected_events_do_not_move_the_watermark() -> None:
    state = WindowState(_RULES)
    future = Event(scan=1, device_ms=START_MS + DAY_MS, logged_ms=START_MS)
    decisions = _decide(state, columns_of([future]), logged_ms=START_MS, first=0)
    assert decisions.verdict.tolist() == [4]
    assert state.watermark_ms == 0


def test_a_device_that_ran_ahead_is_remembered_until_its_claim_has_left_the_windows_for_long() -> None:
    state = WindowState(_RULES)
    hour = 60 * MINUTE_MS
    ahead = Event(
        scan=1, device=7, device_ms=START_MS + hour, sent_ms=START_MS + hour, received_ms=START_MS, logged_ms=START_MS
    )
    _decide(state, columns_of([ahead]), logged_ms=START_MS, first=0)
    assert state.ahead == {7: START_MS + hour}
    for number, later in enumerate((hour, hour + 25 * MINUTE_MS, hour + CLAIMS_KEPT_MS + 25 * MINUTE_MS), 2):
        event = Event(scan=number, person=number, device_ms=START_MS + later, logged_ms=START_MS + later)
        assert state.ahead
        _decide(state, columns_of([event]), logged_ms=START_MS + later, first=number)
    assert state.ahead == {}
