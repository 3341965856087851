"""The truth by the broker's own stamps: a clock that jumps makes events late; a topic with other events is no truth."""

from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pytest

from loadtest import stamped
from loadtest.offsets import CouldNotCheck
from loadtest.published import Published
from loadtest.run import Run
from loadtest.stamped import expected_as_stamped
from schemas.enums import Lateness
from tests.loadtest.scenarios import rough_workload

_HOUR_MS = 3_600_000


@pytest.fixture(name="run")
def _run() -> Run:
    workload = rough_workload()
    run = Run(workload, dict.fromkeys(range(4), 0))
    for chunk in workload.chunks():
        run.note(chunk)
    return run


def _as_in_topic(published: Published, *, shift_ms: int) -> Published:
    """Return the events by partition, as a topic is read, with a broker's clock that was wrong."""
    rows = np.argsort(published.partition, kind="stable")
    read = Published(*(getattr(published, column.name)[rows] for column in fields(Published)))
    return replace(read, logged_ms=read.logged_ms + shift_ms)


def _topic(monkeypatch: pytest.MonkeyPatch, published: Published) -> None:
    ends = dict(enumerate(np.bincount(published.partition).tolist()))
    monkeypatch.setattr(stamped, "end_offsets", lambda *_: ends)
    monkeypatch.setattr(stamped, "read_topic", lambda *_, **__: SimpleNamespace(published=published))


def test_right_stamps_give_the_truth_of_the_intended_times(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _topic(monkeypatch, _as_in_topic(run.published, shift_ms=0))
    by_stamps, intended = expected_as_stamped("nowhere", run), run.expected(uncertainty_ms=0)
    assert by_stamps.tally() == intended.tally()
    assert (by_stamps.rescan_of == intended.rescan_of).all()


def test_a_clock_an_hour_ahead_makes_every_landed_event_late(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _topic(monkeypatch, _as_in_topic(run.published, shift_ms=_HOUR_MS))
    ahead = expected_as_stamped("nowhere", run)
    assert run.expected(uncertainty_ms=0).tally().late < ahead.tally().late
    on_time = ahead.select(ahead.lateness == Lateness.ON_TIME).landed()
    assert len(on_time) < 0.02 * len(ahead)  # only devices whose clock was ahead themselves


def test_a_clock_an_hour_behind_rejects_what_then_is_from_the_future(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _topic(monkeypatch, _as_in_topic(run.published, shift_ms=-_HOUR_MS))
    behind = expected_as_stamped("nowhere", run)
    assert behind.tally().rejected > run.expected(uncertainty_ms=0).tally().rejected
    assert behind.tally().landed < 0.1 * len(run)  # only what was late by more than that hour


def test_a_topic_with_other_events_could_not_be_checked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    read = _as_in_topic(run.published, shift_ms=0)
    read.scan_id[np.flatnonzero(read.reason == 0)[0]] ^= 1
    _topic(monkeypatch, read)
    with pytest.raises(CouldNotCheck, match="other events"):
        expected_as_stamped("nowhere", run)
