"""How long the lag takes to come back to where it was before a fault. Pure."""

from collections.abc import Sequence

from loadtest.suite.samples import Sample


def recovery_seconds(samples: Sequence[Sample], *, began: float, ended: float, rate: float) -> float | None:
    """Return the seconds from the fault's end until the lag is back; None if it never was, or nothing was sampled.

    Back means: at most what it was before the fault began, or one second of the load, whichever is more.
    """
    before = [sample.lag_events for sample in samples if sample.seconds <= began]
    enough = max([rate, *before])
    for sample in samples:
        if sample.seconds >= ended and sample.lag_events <= enough:
            return round(max(0.0, sample.seconds - ended), 1)
    return None
