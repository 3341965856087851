"""How a load test measures, in a few sentences."""

from loadtest.reporting.read import LoadTest
from loadtest.reporting.words import counted, precise

_OPEN_LOOP = (
    "Load is an open loop: every event has a moment at which it is meant to be sent, whatever the pipeline does. "
    "Latency counts from that moment to the row being queryable in ClickHouse, so a stall counts for every event it "
    "held up (no coordinated omission). Percentiles are those of an HdrHistogram of all landed rows."
)
_WARM_UP = " The first {seconds} s of a run are warm-up and not counted."
_REPEATS = (
    "Scenarios run {times} unless they say otherwise. Figures are medians with the lowest and highest of the repeats "
    "in brackets; bands in plots are the same."
)
_VERDICT = (
    "A verdict compares the rows in ClickHouse, one by one, with what the seeded generator made and the broker's "
    "offsets. Unchecked means that it could not be told, which is not the same as failed."
)
_CPU = (
    "CPU is user and system time of each process. Generator and broker run on the same machine; theirs is shown apart, "
    "and so is what asks and watches (observer). Others' cores are what other programs, the kernel and the host took."
)


def method_of(test: LoadTest) -> list[str]:
    """Return the paragraphs, with this run's warm-up and repeats."""
    results = [result for scenario in test.scenarios for result in scenario.results]
    warm_up = max((float(result.get("warm_up_seconds", 0)) for result in results), default=0.0)
    cut = _WARM_UP.format(seconds=precise(warm_up)) if warm_up else ""
    times = counted(int(test.about["repeats"]), "time")
    return [_OPEN_LOOP + cut, _REPEATS.format(times=times), _VERDICT, _CPU]
