"""A repetition's figures from what was measured. Pure: no clock, no files, no questions to anybody."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from loadtest import report
from loadtest.cpu import cpu_us_per_event
from loadtest.draw import Ints
from loadtest.encounters import population
from loadtest.expected import Expected
from loadtest.generate import Workload
from loadtest.suite.acknowledged import Acknowledged
from loadtest.suite.analysts import FAILED
from loadtest.suite.lag import lag_figures
from loadtest.suite.lane import MOST_IN_FLIGHT
from loadtest.suite.measure import FaultTime, Measured
from loadtest.suite.percentiles import latency_percentiles, stage_percentiles
from loadtest.suite.prepared import Index
from loadtest.suite.recovery import ends_of_watch, recovery_seconds
from loadtest.suite.samples import OTHERS, PROCESSES, Sample, Second, cores_busy
from loadtest.suite.timings import Timings, timings_of

_OWN = ("generator", "observer")
_PRODUCT = ("worker", "sink", "clickhouse", "gateway")


def timings(measured: Measured) -> Timings:
    """Return every landed row's timings, warm-up included; none where the run was not compared with the truth."""
    published, generator = measured.run.published, measured.generator
    numbers = np.unique(published.partition).tolist()
    return timings_of(
        measured.expected.landed() if measured.expected else _nothing(),
        intended_ms=generator.intended_ms,
        logged_ms={number: published.logged_ms[published.partition == number] for number in numbers},
        landing=measured.landing,
        sightings=measured.sightings,
        first_offsets=measured.run.first_offsets,
    )


def result(measured: Measured, times: Timings) -> dict[str, Any]:
    """Return the figures of one repetition, without verdict and name."""
    plan, samples = measured.plan, measured.samples
    steady = times.since(measured.start_ms + plan.warm_up_seconds * 1_000)
    load_end = float(measured.generator.index.due_us[len(measured.told) - 1]) / 1e6
    rate = plan.profile.mean_rate
    behind = behind_of(samples, publish_us=measured.run.workload.timeline.publish_us)
    faults = fault_figures(measured.faults, behind, until_second=load_end, rate=rate)
    seconds = measured.drained_seconds or (samples[-1].seconds if samples else plan.profile.seconds)
    return {
        **report.result(
            [measured.checked] if measured.checked else [],
            seconds=seconds,
            cpu_us_per_event=cpu_figures(samples, warm_up_seconds=plan.warm_up_seconds),
            latency_ms=latency_percentiles(steady.latency_ms),
        ),
        **({} if measured.checked else {"published": len(measured.run), "balanced": False}),
        "seconds": round(seconds, 3),
        "rate_offered": round(rate, 1),
        "events_per_second": round(len(measured.run) / seconds, 1),
        "payload_bytes": measured.run.mean_value_bytes,
        "workload": workload_figures(measured.run.workload),
        "warm_up_seconds": plan.warm_up_seconds,
        "sampled_seconds": samples[-1].seconds if samples else 0.0,
        "unseen": len(measured.expected.landed()) - len(times) if measured.expected else 0,
        "stages_ms": stage_percentiles(steady.stages_ms()),
        "lag": lag_figures(behind, rate=rate, from_second=plan.warm_up_seconds, until_second=load_end),
        "other_cores": other_cores(samples, from_second=plan.warm_up_seconds),
        "rss_bytes": rss_maxima(samples),
        "rss_growth_share": rss_growth(samples, from_second=plan.warm_up_seconds, until_second=load_end),
        "parts": parts_figures(samples),
        "generator": generator_figures(measured.told, measured.generator.index),
        "queries": query_figures(measured.query_ms),
        "faults": faults,
        "recovery_seconds": slowest_recovery(faults),
        "problem": measured.problem,
        "ended": list(measured.ended),
        "seed": plan.seed,
    }


def workload_figures(workload: Workload) -> dict[str, Any]:
    """Return how the load is spread: over partitions, places and people."""
    scenario, popularity = workload.scenario, workload.fleet.popularity[workload.scenario.feed.name]
    busiest = float(popularity.cumulative[0])
    return {
        "feed": scenario.feed.name,
        "partitions": scenario.partitions,
        "places": workload.fleet.places,
        "active_places": len(popularity.place_ids),
        "busiest_place_share": round(scenario.hot_place + (1 - scenario.hot_place) * busiest, 4),
        "people": population(scenario),
        "visits_of_who_comes": scenario.scans_per_person,
    }


def cpu_figures(samples: Sequence[Sample], *, warm_up_seconds: float) -> dict[str, float]:
    """Return µs of CPU an event by process, from the warm-up's end to the last sample, over what landed meanwhile.

    The generator and we who watch are counted apart, and so is the broker: `total_without_broker` is the product's.
    """
    after = [sample for sample in samples if sample.seconds >= warm_up_seconds]
    if len(after) < 2:
        return cpu_us_per_event({}, events=0)
    first, last = after[0], after[-1]
    spent = {name: last.cpu_seconds.get(name, 0.0) - first.cpu_seconds.get(name, 0.0) for name in PROCESSES}
    events = last.landed - first.landed
    own = {name: round(spent[name] / max(1, events) * 1e6, 3) for name in _OWN}
    return cpu_us_per_event(spent, events=events) | own


def other_cores(samples: Sequence[Sample], *, from_second: float) -> float | None:
    """Return how many cores others kept busy on average since a moment, or their host took from this machine.

    What the kernel does for nobody in particular is among it. None: too few samples.
    """
    inside = [sample for sample in samples if sample.seconds >= from_second]
    if len(inside) < 2:
        return None
    return round(cores_busy(inside[0], inside[-1], OTHERS), 3)


def rss_maxima(samples: Sequence[Sample]) -> dict[str, int]:
    """Return the most memory each process had."""
    return {name: max((sample.rss_bytes.get(name, 0) for sample in samples), default=0) for name in PROCESSES}


def rss_growth(samples: Sequence[Sample], *, from_second: float, until_second: float) -> float | None:
    """Return by which share the product's memory grew from the load's third quarter of time to its last; None: too few.

    Windows fill during the first minutes, so that the first half says nothing about leaks.
    """
    inside = [sample for sample in samples if from_second <= sample.seconds <= until_second]
    quarter = len(inside) // 4
    if not quarter:
        return None
    earlier, later = inside[-2 * quarter : -quarter], inside[-quarter:]
    before, after = (float(np.mean([_product_rss(sample) for sample in part])) for part in (earlier, later))
    return round(after / before - 1, 4) if before else None


def parts_figures(samples: Sequence[Sample]) -> dict[str, int]:
    """Return how many parts the table had at most, and at the end."""
    return {
        "active_max": max((sample.active_parts for sample in samples), default=0),
        "active_end": samples[-1].active_parts if samples else 0,
    }


def generator_figures(told: Acknowledged, index: Index) -> dict[str, Any]:
    """Return how late the generator itself was, and how long the broker took to acknowledge, in ms."""
    own, acknowledged = [np.empty(0)], (told.acked_us - told.sent_us) / 1_000
    for partition in np.unique(index.partitions[: len(told)]).tolist():
        mine = np.flatnonzero(index.partitions[: len(told)] == partition)
        broker_us = told.acked_us[mine] - told.sent_us[mine]
        sendable_us = np.maximum(index.due_us[mine], told.connected_us[mine])
        own.append((told.sent_us[mine] - _punctual_us(sendable_us, broker_us)) / 1_000)
    return {
        "late_ms": latency_percentiles(np.concatenate(own)),
        "acknowledged_ms": latency_percentiles(acknowledged),
        "requests_events_mean": round(float(index.events[: len(told)].mean()), 1),
    }


def _punctual_us(due_us: Ints, broker_us: Ints) -> Ints:
    """Return when a generator that is never late sends each batch of a partition.

    At its due time, which is no sooner than there is a broker to send to, or when the fifth batch before it has its
    answer, which takes as long as it took.
    """
    punctual = np.empty_like(due_us)
    for lane in range(min(MOST_IN_FLIGHT, len(due_us))):
        due, took = due_us[lane::MOST_IN_FLIGHT], broker_us[lane::MOST_IN_FLIGHT]
        answered = np.concatenate([[0], np.cumsum(took)[:-1]])
        punctual[lane::MOST_IN_FLIGHT] = np.maximum.accumulate(due - answered) + answered
    return punctual


def query_figures(query_ms: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Return count, p50 and p99 of every query, and of all; empty without analysts."""
    if not query_ms:
        return {}
    each = {
        name: {"count": len(times), **stage_percentiles({"": np.array(times)})[""]} for name, times in query_ms.items()
    }
    every = latency_percentiles(np.array(list(chain(*query_ms.values()))))
    return {"p50_ms": every["p50"], "p99_ms": every["p99"], "failed": len(query_ms.get(FAILED, ())), "each": each}


def fault_figures(
    faults: Sequence[FaultTime], behind: Sequence[tuple[float, int]], *, until_second: float, rate: float
) -> list[dict[str, Any]]:
    """Return name, begin, end and time to recover of each fault; None where that was not over when it had to be."""
    until = ends_of_watch([fault.began for fault in faults], load_end=until_second)
    return [
        {
            "name": fault.name,
            "began": fault.began,
            "ended": fault.ended,
            "recovery_seconds": recovery_seconds(behind, began=fault.began, ended=fault.ended, until=end, rate=rate),
        }
        for fault, end in zip(faults, until, strict=True)
    ]


def behind_of(samples: Sequence[Sample], *, publish_us: Ints) -> list[tuple[float, int]]:
    """Return for each sample how many events should have been published by then and had no outcome yet."""
    due = np.searchsorted(publish_us, np.array([sample.seconds for sample in samples]) * 1e6, side="right").tolist()
    return [(sample.seconds, max(0, count - sample.landed)) for sample, count in zip(samples, due, strict=True)]


def slowest_recovery(faults: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the longest time any fault took to recover from; None without faults, or if one was not recovered from."""
    times = [fault["recovery_seconds"] for fault in faults]
    return None if not times or None in times else max(times)


def seconds_of(samples: Sequence[Sample], times: Timings, *, publish_us: Ints, start_ms: float) -> list[Second]:
    """Return, for each sample, what was meant to be published and what became visible since the one before.

    `publish_us` holds every event's intended moment, ascending.
    """
    edges = np.array([0.0, *(sample.seconds for sample in samples)])
    offered = np.diff(np.searchsorted(publish_us, edges * 1e6))
    order = np.argsort(times.visible)
    latency = times.latency_ms[order]
    seen = np.searchsorted(times.visible[order], start_ms + edges * 1_000, side="right")
    rows = []
    for number, count in enumerate(offered.tolist()):
        length = max(0.001, edges[number + 1] - edges[number])
        part = latency[seen[number] : seen[number + 1]]
        p50, p99 = np.percentile(part, [50, 99]).tolist() if len(part) else (None, None)
        rows.append(Second(offered=round(count / length), latency_p50_ms=p50, latency_p99_ms=p99))
    return rows


def _product_rss(sample: Sample) -> int:
    return sum(sample.rss_bytes.get(name, 0) for name in _PRODUCT)


def _nothing() -> Expected:
    none = np.empty(0, np.int64)
    return Expected(
        none, none, np.empty((0, 16), np.uint8), none.astype(np.int8), none.astype(np.int8), none, none.astype(np.int8)
    )
