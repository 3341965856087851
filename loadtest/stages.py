"""Where a process spends its time, by its own metrics."""

from loadtest.scrape import Scrape
from schemas.metrics import SINK_SECONDS, WORKER_SECONDS, Metric


def stage_shares(scraped: Scrape, metric: Metric, *, seconds: float) -> dict[str, float]:
    """Return each state's share of `seconds`; states of several threads may add up to more than 1."""
    return {state: round(spent / seconds, 4) for state, spent in sorted(scraped.by_label(metric, "state").items())}


def worker_shares(scraped: Scrape, *, seconds: float) -> dict[str, float]:
    """Return the worker's shares."""
    return stage_shares(scraped, WORKER_SECONDS, seconds=seconds)


def sink_shares(scraped: Scrape, *, seconds: float) -> dict[str, float]:
    """Return the sink's shares."""
    return stage_shares(scraped, SINK_SECONDS, seconds=seconds)
