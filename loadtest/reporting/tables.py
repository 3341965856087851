"""The report's tables as text, for HTML and Markdown alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from loadtest.reporting.bars import ROLES
from loadtest.reporting.faults import Hurt, grouped, metric_of
from loadtest.reporting.peers import Peer
from loadtest.reporting.read import LoadTest, Scenario
from loadtest.reporting.verdict import Metric, metrics_of, verdict_of
from loadtest.reporting.words import ABSENT, counted, megabytes, optional, precise, whole, with_spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Heads and rows of text. The first `left` columns are words, the others figures."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    left: int = 1


#: What the rate of a scenario of each kind is: they must not be compared with each other.
_RATES = {"live": "offered", "search": "sustained", "drain": "drained"}


def summary_table(test: LoadTest) -> Table:
    """Return a row for each scenario: median (lowest–highest) of its repeats."""
    head = ("scenario", "events/s are", "verdict", "repeats", "events/s", "p50 ms", "p99 ms", "p99.9 ms", "p99.99 ms")
    return Table(
        head=(*head, "CPU µs/event", "memory MB", "recovery s"),
        rows=[_summary_row(scenario) for scenario in test.scenarios],
        left=3,
    )


def _summary_row(scenario: Scenario) -> list[str]:
    metrics, done = metrics_of(scenario), len(scenario.results)
    names = ("events_per_second", "latency_p50_ms", "latency_p99_ms", "latency_p999_ms", "latency_p9999_ms")
    return [
        scenario.name if scenario.time_scale == 1 else f"{scenario.name} (times × {scenario.time_scale:g})",
        _RATES.get(str(scenario.about.get("kind", "live")), ABSENT),
        verdict_of(scenario).word,
        f"{done}" if done >= scenario.planned else f"{done} of {scenario.planned}",
        *(with_spread(metrics.get(name)) for name in (*names, "cpu_us_per_event")),
        with_spread(metrics.get("rss_total_bytes"), scale=1e-6),
        with_spread(metrics.get("recovery_seconds")),
    ]


def repeats_table(scenario: Scenario) -> Table:
    """Return a row for each planned repeat; one without a result is shown as missing."""
    results = {repeat.number: repeat.result for repeat in scenario.repeats}
    numbers = sorted({*results, *range(1, scenario.planned + 1)})
    head = (
        "repeat",
        "verdict",
        "seed",
        "events/s",
        "p50 ms",
        "p99 ms",
        "max ms",
        "lag slope %",
        "parts",
        "others' cores",
        "lost",
        "doubled",
        "wrong",
    )
    return Table(head=head, rows=[_repeat_row(number, results.get(number)) for number in numbers], left=2)


def _repeat_row(number: int, result: Mapping[str, Any] | None) -> list[str]:
    if result is None:
        return [f"{number}", "missing", *[ABSENT] * 11]
    latency, slope = result.get("latency_ms", {}), result.get("lag", {}).get("slope_share")
    return [
        f"{number}",
        str(result.get("verdict", "unchecked")),
        str(result.get("seed", ABSENT)),
        optional(result.get("events_per_second")),
        *(optional(latency.get(name)) for name in ("p50", "p99", "max")),
        ABSENT if slope is None else f"{slope * 100:.2f}",
        optional(result.get("parts", {}).get("active_max")),
        ABSENT if (others := result.get("other_cores")) is None else precise(others),
        *(optional(result.get(name)) for name in ("lost", "doubled", "wrong")),
    ]


def stages_table(scenario: Scenario) -> Table | None:
    """Return where the time goes, medians of repeats; None where no repeat tells."""
    names = {"publish": "send to broker", "worker": "broker to landing log", "sink": "landing log to queryable"}
    rows = [
        [words, *(with_spread(_over(scenario, ("stages_ms", stage, p))) for p in ("p50", "p99"))]
        for stage, words in names.items()
    ]
    queries = [with_spread(_over(scenario, ("queries", name))) for name in ("p50_ms", "p99_ms")]
    late = [with_spread(_over(scenario, ("generator", "late_ms", p))) for p in ("p50", "p99")]
    rows = [
        row
        for row in [["generator behind its plan", *late], *rows, ["an analyst's query", *queries]]
        if row[1] != ABSENT
    ]
    return Table(head=("stage", "p50 ms", "p99 ms"), rows=rows) if rows else None


def queries_table(scenario: Scenario) -> Table | None:
    """Return what each of the analysts' queries took, over all repeats; None where nobody asked."""
    names = {name: None for result in scenario.results for name in result.get("queries", {}).get("each", {})}
    rows = [
        [
            name,
            with_spread(_over(scenario, ("queries", "each", name, "count"))),
            *(with_spread(_over(scenario, ("queries", "each", name, p))) for p in ("p50", "p99")),
        ]
        for name in names
    ]
    return Table(head=("query", "asked", "p50 ms", "p99 ms"), rows=rows) if rows else None


def faults_table(hurts: Sequence[Hurt]) -> Table | None:
    """Return a row for each fault and load; None without faults."""
    rows = [
        [
            fault,
            load,
            "exact" if all(hurt.exact for hurt in found) else "wrong",
            f"{len(found)}",
            with_spread(metric_of([hurt.lasted for hurt in found])),
            with_spread(metric_of([hurt.recovered for hurt in found if hurt.recovered is not None])),
            f"{sum(hurt.recovered is None for hurt in found)}",
        ]
        for (fault, load), found in grouped(hurts).items()
    ]
    head = ("fault", "under", "rows", "times", "lasted s", "recovered after s", "not under load")
    return Table(head=head, rows=rows, left=3) if rows else None


def workload_table(test: LoadTest) -> Table | None:
    """Return what was sent, as counted in the first repeat of each scenario; None where there is none."""
    rows = [_workload_row(scenario.name, scenario.results[0]) for scenario in test.scenarios if scenario.results]
    head = ("scenario", "events", "bytes each", "partitions", "places", "busiest place %", "people")
    return Table(head=(*head, "retries %", "re-scans %", "late %", "rejected %"), rows=rows) if rows else None


def _workload_row(name: str, result: Mapping[str, Any]) -> list[str]:
    load, published = result.get("workload", {}), float(result.get("published") or 0)
    shares = [result.get(count, 0) / published if published else None for count in _COUNTED]
    busiest = load.get("busiest_place_share")
    return [
        name,
        whole(published),
        precise(float(result.get("payload_bytes") or 0)),
        optional(load.get("partitions") or result.get("partitions")),
        optional(load.get("active_places")),
        ABSENT if busiest is None else precise(busiest * 100),
        optional(load.get("people")),
        *(ABSENT if share is None else precise(share * 100) for share in shares),
    ]


_COUNTED = ("retry", "rescan", "late", "rejected")


def resources_table(scenario: Scenario) -> Table | None:
    """Return CPU and memory of each process, medians of repeats; None where nothing was measured."""
    rows = [
        [
            role,
            with_spread(_over(scenario, ("cpu_us_per_event", role))),
            with_spread(_over(scenario, ("rss_bytes", role)), scale=1e-6),
        ]
        for role in ROLES
    ]
    rows = [row for row in rows if set(row[1:]) - {ABSENT, precise(0)}]
    return Table(head=("process", "CPU µs/event", "memory MB"), rows=rows) if rows else None


def _over(scenario: Scenario, path: Sequence[str]) -> Metric | None:
    values = []
    for result in scenario.results:
        value: Any = result
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is not None:
            values.append(float(value))
    return Metric(median(values), min(values), max(values)) if values else None


def peers_table(peers: Sequence[Peer]) -> Table:
    """Return a row for each peer, ratios to ours beside the figures."""
    rate = ("events/s", "spread %", "to ours", "once ready", "to ours")
    spent = ("CPU µs/event", "+ ClickHouse", "to ours", "memory MB", "to ours")
    head = ("peer", "rows", "unique rows", *rate, *spent)
    return Table(head=head, rows=[_peer_row(peer) for peer in peers], left=2)


def guarantees_table(peers: Sequence[Peer]) -> Table:
    """Return what each peer promises, which version it was, and how it was set up."""
    head = ("peer", "version", "runs", "guarantee", "set up")
    rows = [
        [peer.name, peer.version or ABSENT, f"{peer.repeats}", peer.guarantee or ABSENT, peer.note or ABSENT]
        for peer in peers
    ]
    return Table(head=head, rows=rows, left=5)


def _peer_row(peer: Peer) -> list[str]:
    rows = {True: "exact", False: "wrong", None: "not checked"}[peer.correct]
    return [
        peer.name,
        rows,
        optional(peer.unique_rows),
        whole(peer.events_per_second),
        ABSENT if peer.spread is None else f"{peer.spread * 100:.0f}",
        _ratio(peer.rate_ratio),
        whole(peer.once_ready),
        _ratio(peer.once_ready_ratio),
        precise(peer.cpu_us),
        precise(peer.total_us) if peer.clickhouse_us else ABSENT,
        _ratio(peer.cpu_ratio),
        megabytes(peer.rss_bytes),
        _ratio(peer.rss_ratio),
    ]


def _ratio(ratio: float | None) -> str:
    return ABSENT if ratio is None else f"{ratio:.2f}×"


def processor_of(test: LoadTest) -> str:
    """Return the machine in a few words."""
    machine = test.about.get("machine", {})
    return f"{machine.get('processor', ABSENT)}, {counted(int(machine.get('cores', 0)), 'core')}"


def machine_table(test: LoadTest) -> Table:
    """Return what the run ran on, with which versions and settings."""
    machine = test.about.get("machine", {})
    rows = [
        ["processor", processor_of(test)],
        ["memory", f"{machine.get('memory_bytes', 0) / 2**30:.1f} GiB"],
        ["system", str(machine.get("system", ABSENT))],
        *(
            [name, str(value)]
            for about in ("versions", "stores", "settings")
            for name, value in test.about.get(about, {}).items()
        ),
    ]
    return Table(head=("on", "what"), rows=rows, left=2)
