from loadtest.truth import Event, Outcome, PartitionTruth
from schemas.enums import Lateness, Reason, Verdict

_NOW_MS = 1_635_000_000_000
_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS
_WINDOW_MS = 5 * _MINUTE_MS


def _event(
    scan: int = 1,
    *,
    visit: bytes = b"somebody in",
    ago_ms: int = 0,
    keyed: bool = True,
    has_subject: bool = True,
    sent_ms: int = _NOW_MS,
    received_ms: int = 0,
) -> Event:
    return Event(
        keyed=keyed,
        has_subject=has_subject,
        scan_id=scan.to_bytes(16, "big"),
        visit=visit,
        event_ms=_NOW_MS - ago_ms,
        sent_ms=sent_ms,
        received_ms=received_ms,
        logged_ms=_NOW_MS,
    )


def _decide(*events: Event) -> list[Outcome]:
    truth = PartitionTruth(rescan_window_ms=_WINDOW_MS)
    return [truth.decide(event, offset) for offset, event in enumerate(events, 100)]


def _accepted(lateness: Lateness = Lateness.ON_TIME) -> Outcome:
    return Outcome(Verdict.ACCEPTED, 0, -1, lateness)


def _rescan(of: int, lateness: Lateness = Lateness.ON_TIME) -> Outcome:
    return Outcome(Verdict.RESCAN, 0, of, lateness)


def _rejected(reason: Reason) -> Outcome:
    return Outcome(Verdict.REJECTED, reason, -1, 0)


def test_the_same_scan_id_again_is_a_retry() -> None:
    assert _decide(_event(1), _event(1)) == [_accepted(), Outcome(Verdict.RETRY, 0, -1, 0)]


def test_a_retry_of_a_rescan_is_a_retry() -> None:
    assert [outcome.verdict for outcome in _decide(_event(1), _event(2), _event(2))] == [1, 2, 3]


def test_another_scan_inside_the_window_is_a_rescan_of_the_accepted_one() -> None:
    assert _decide(_event(1, ago_ms=_WINDOW_MS - 1), _event(2)) == [_accepted(), _rescan(100)]


def test_a_scan_a_whole_window_later_is_accepted() -> None:
    assert _decide(_event(1, ago_ms=_WINDOW_MS), _event(2)) == [_accepted(), _accepted()]


def test_an_earlier_scan_that_comes_later_is_a_rescan() -> None:
    assert _decide(_event(1), _event(2, ago_ms=_MINUTE_MS)) == [_accepted(), _rescan(100)]


def test_a_rescan_does_not_open_a_window_of_its_own() -> None:
    outcomes = _decide(_event(1, ago_ms=8 * _MINUTE_MS), _event(2, ago_ms=4 * _MINUTE_MS), _event(3))
    assert outcomes == [_accepted(), _rescan(100), _accepted()]


def test_between_two_accepted_scans_the_smaller_offset_counts() -> None:
    outcomes = _decide(_event(1), _event(2, ago_ms=6 * _MINUTE_MS), _event(3, ago_ms=4 * _MINUTE_MS))
    assert outcomes == [_accepted(), _accepted(), _rescan(100)]


def test_another_visit_is_no_rescan() -> None:
    assert _decide(_event(1), _event(2, visit=b"somebody out")) == [_accepted(), _accepted()]


def test_classes_of_lateness_end_at_ten_minutes_three_days_and_28_days() -> None:
    delays = (10 * _MINUTE_MS, 10 * _MINUTE_MS + 1, 72 * _HOUR_MS, 72 * _HOUR_MS + 1, 28 * _DAY_MS)
    outcomes = _decide(*(_event(number, ago_ms=ago) for number, ago in enumerate(delays, 1)))
    assert [outcome.lateness for outcome in outcomes] == [1, 2, 2, 3, 3]
    assert _decide(_event(ago_ms=28 * _DAY_MS + 1)) == [_rejected(Reason.TOO_OLD)]


def test_more_than_five_minutes_in_the_future_is_rejected() -> None:
    assert _decide(_event(ago_ms=-5 * _MINUTE_MS)) == [_accepted()]
    assert _decide(_event(ago_ms=-5 * _MINUTE_MS - 1)) == [_rejected(Reason.CLOCK_FUTURE)]


def test_a_gateways_clock_corrects_a_devices() -> None:
    ahead = _event(ago_ms=-_HOUR_MS, sent_ms=_NOW_MS + _HOUR_MS, received_ms=_NOW_MS)
    assert _decide(ahead) == [_accepted()]


def test_two_seconds_between_sending_and_receiving_are_the_networks() -> None:
    first = _event(1, ago_ms=0, sent_ms=_NOW_MS, received_ms=_NOW_MS + 2_000)
    assert _decide(first, _event(2, ago_ms=_WINDOW_MS)) == [_accepted(), _accepted()]
    first = _event(1, ago_ms=0, sent_ms=_NOW_MS, received_ms=_NOW_MS - 2_001)
    assert _decide(first, _event(2, ago_ms=_WINDOW_MS)) == [_accepted(), _rescan(100)]


def test_a_clock_wrong_by_more_than_a_day_is_not_believed() -> None:
    wild = _event(ago_ms=-_DAY_MS - 1, sent_ms=_NOW_MS + _DAY_MS + 1, received_ms=_NOW_MS)
    assert _decide(wild) == [_rejected(Reason.CLOCK_SKEW)]


def test_rejects_leave_no_trace() -> None:
    rejects = [_event(1, keyed=False), _event(1, has_subject=False), _event(1, ago_ms=-_HOUR_MS), _event(0)]
    reasons = (Reason.KEY_MISMATCH, Reason.NO_SUBJECT, Reason.CLOCK_FUTURE, Reason.NO_SCAN_ID)
    assert _decide(*rejects, _event(1)) == [*map(_rejected, reasons), _accepted()]
