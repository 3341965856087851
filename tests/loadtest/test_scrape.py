from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from prometheus_client import CollectorRegistry, start_http_server

from loadtest.scrape import scrape
from loadtest.stages import worker_shares
from schemas.metrics import EVENTS, WORKER_SECONDS, counter


@contextmanager
def _served(registry: CollectorRegistry) -> Iterator[str]:
    server, thread = start_http_server(0, addr="127.0.0.1", registry=registry)
    try:
        yield f"http://127.0.0.1:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_samples_of_all_processes_are_summed() -> None:
    first, second = CollectorRegistry(), CollectorRegistry()
    counter(EVENTS, first).labels("venue", "accepted").inc(5)
    counter(EVENTS, second).labels("venue", "accepted").inc(7)
    with _served(first) as one, _served(second) as two:
        samples = scrape([one, two])
    assert samples.total(EVENTS, outcome="accepted") == 12
    assert samples.total(EVENTS, outcome="retry") == 0
    assert samples.by_label(EVENTS, "feed") == {"venue": 12.0}


def test_shares_are_of_the_time_that_passed() -> None:
    registry = CollectorRegistry()
    seconds = counter(WORKER_SECONDS, registry)
    seconds.labels("decode").inc(1.5)
    seconds.labels("poll").inc(3)
    with _served(registry) as url:
        assert worker_shares(scrape([url]), seconds=6) == {"decode": 0.25, "poll": 0.5}


def test_a_process_that_does_not_answer_is_an_error() -> None:
    with _served(CollectorRegistry()) as url:
        pass
    with pytest.raises(OSError, match="refused"):
        scrape([url])
