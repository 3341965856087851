"""Whether a run has passed, and why not. Pure: figures and bounds in, sentences out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from loadtest.suite.spec import Bounds

Outcome = Literal["passed", "failed", "unchecked"]

#: Above this the generator was late by itself: what was measured is not the load that was meant.
_GENERATOR_LATE_MS = 500.0
#: Longer than a look takes at a system that stands still for a fault.
_UNSAMPLED_SECONDS = 20.0
_SEVERITY: tuple[Outcome, ...] = ("passed", "unchecked", "failed")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`failed`: something is not as it must be. `unchecked`: nobody knows. `reasons` say why, a sentence each."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()


def judge(result: Mapping[str, Any], bounds: Bounds) -> Verdict:
    """Return the verdict on one repetition's result."""
    wrong = [*inexact(result), *out_of_bounds(result, bounds)]
    if wrong:
        return Verdict("failed", tuple(wrong))
    unknown = tuple(uncertain(result))
    return Verdict("unchecked", unknown) if unknown else Verdict("passed")


def uncertain(result: Mapping[str, Any]) -> list[str]:
    """Return why the figures do not tell what they should."""
    why = []
    late_ms = result.get("generator", {}).get("late_ms", {}).get("p99", 0.0)
    if late_ms > _GENERATOR_LATE_MS:
        why.append(f"the generator itself was late by {late_ms:,.0f} ms (p99)")
    if unseen := result.get("unseen"):
        why.append(f"{unseen:,} landed rows were never seen to be queryable, so their latency is not known")
    sampled, seconds = result.get("sampled_seconds"), result.get("seconds", 0.0)
    if sampled is not None and sampled < seconds - _UNSAMPLED_SECONDS:
        why.append(f"nothing was sampled after second {sampled:.0f} of {seconds:.0f}")
    return why


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the worst of several outcomes; without any, nobody knows."""
    return max(outcomes, key=_SEVERITY.index, default="unchecked")


def inexact(result: Mapping[str, Any]) -> list[str]:
    """Return what is not exact to the row, and processes that ended by themselves."""
    wrong = [f"{_rows(result[name])} {name}" for name in ("lost", "doubled", "wrong") if result[name]]
    if not result["balanced"]:
        wrong.append("the ledger does not balance, or counts something else than the truth")
    wrong += [f"a process ended by itself: {ending}" for ending in result.get("ended", ())]
    if result.get("problem"):
        wrong.append(str(result["problem"]))
    return wrong


def out_of_bounds(result: Mapping[str, Any], bounds: Bounds) -> list[str]:
    """Return a sentence for each figure that is out of its bound, or was not measured."""
    latency, lag = result.get("latency_ms", {}), result.get("lag", {})
    limits = (
        ("the median latency", latency.get("p50"), bounds.p50_ms, "ms"),
        ("the p99 latency", latency.get("p99"), bounds.p99_ms, "ms"),
        ("the p99.9 latency", latency.get("p999"), bounds.p999_ms, "ms"),
        ("the lag's slope as a share of the load", lag.get("slope_share"), bounds.lag_slope_share, ""),
        ("CPU an event", _total_cpu(result), bounds.cpu_us_per_event, "µs"),
        ("the time to recover", _slowest(result), bounds.recovery_seconds, "s"),
        ("the growth of memory", result.get("rss_growth_share"), bounds.rss_growth_share, ""),
        ("the p99 of the analysts' queries", result.get("queries", {}).get("p99_ms"), bounds.query_p99_ms, "ms"),
    )
    wrong = [sentence for limit in limits if (sentence := _above(*limit))]
    if bounds.recovery_seconds is not None:
        wrong += [f"under load it never recovered from {name!r}" for name in _not_recovered(result)]
    reached = result["events_per_second"]
    if bounds.events_per_second is not None and reached < bounds.events_per_second:
        wrong.append(f"{reached:,.0f} events/s were reached, less than {bounds.events_per_second:,.0f}")
    failed = result.get("queries", {}).get("failed", 0)
    if failed and not result.get("faults"):
        wrong.append(f"{failed:,} of the analysts' queries failed")
    return wrong


def _not_recovered(result: Mapping[str, Any]) -> list[str]:
    return [each["name"] for each in result.get("faults", ()) if each.get("recovery_seconds") is None]


def _slowest(result: Mapping[str, Any]) -> float | None:
    """Return the longest of those times to recover that are known."""
    known = [each["recovery_seconds"] for each in result.get("faults", ()) if each.get("recovery_seconds") is not None]
    return max(known, default=0.0 if _not_recovered(result) else None)


def _rows(count: int) -> str:
    return "1 row was" if count == 1 else f"{count:,} rows were"


def _above(what: str, measured: float | None, most: float | None, unit: str) -> str:
    if most is None:
        return ""
    if measured is None:
        return f"{what} was not measured, and at most {most:g} {unit}".rstrip() + " is demanded"
    return f"{what} is {f'{measured:g} {unit}'.rstrip()}, more than {most:g}" if measured > most else ""


def _total_cpu(result: Mapping[str, Any]) -> float | None:
    total: float | None = result.get("cpu_us_per_event", {}).get("total_without_broker")
    return total
