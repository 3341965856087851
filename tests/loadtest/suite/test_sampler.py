"""The samples of a run go on while ClickHouse is in trouble."""

import threading
import time
from types import SimpleNamespace
from typing import Any

from loadtest.suite.sampler import Sampler
from schemas.kinds import VENUE
from tests.loadtest.fake_system import FakeSystem


class _Store:
    """Answers once as it should, then with nothing, as one whose disk is full."""

    def __init__(self) -> None:
        self.has_answered = threading.Event()

    def query(self, query: str, parameters: dict[str, Any] | None = None) -> SimpleNamespace:
        assert parameters
        if self.has_answered.is_set():
            return SimpleNamespace(result_rows=[])
        if "system.parts" in query:
            self.has_answered.set()
            return SimpleNamespace(result_rows=[(3,)])
        return SimpleNamespace(result_rows=[(0, 140), (1, 60)])


def test_an_answer_with_nothing_in_it_repeats_the_last_figures() -> None:
    store = _Store()
    sampler = Sampler(
        FakeSystem(clickhouse=lambda: store),
        VENUE,
        first_offsets={0: 100},
        published=lambda: 150,
        generator_pid=None,
    )
    sampler.start(start_ms=time.time() * 1_000)
    assert store.has_answered.wait(10)
    sampler.stop()
    assert [(each.published, each.landed, each.lag_events, each.active_parts) for each in sampler.samples] == [
        (150, 100, 50, 3)
    ] * len(sampler.samples)
    assert len(sampler.samples) >= 2
    assert "others" in sampler.samples[-1].cpu_seconds
    assert sampler.samples[-1].rss_bytes["observer"] > 0
