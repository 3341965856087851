"""Everything the report says, in order, before it is a page or a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from loadtest.reporting.bars import cpu, peer_bars
from loadtest.reporting.chart import Chart
from loadtest.reporting.distribution import distribution, distributions
from loadtest.reporting.faults import Hurt, hurts_of, recovery
from loadtest.reporting.knee import knee
from loadtest.reporting.method import method_of
from loadtest.reporting.over_time import over_time
from loadtest.reporting.peers import Peer, peers_of
from loadtest.reporting.proofs import controls_table, generator_table
from loadtest.reporting.read import LoadTest, Scenario
from loadtest.reporting.tables import (
    Table,
    faults_table,
    guarantees_table,
    machine_table,
    peers_table,
    processor_of,
    queries_table,
    repeats_table,
    resources_table,
    stages_table,
    summary_table,
    workload_table,
)
from loadtest.reporting.verdict import Verdict, verdict_of
from loadtest.reporting.words import counted, moment, precise, whole

_RECOVERED = (
    "Recovered: no more events wait for their outcome than before the fault (at most twice the most seen then, or two "
    "seconds of load), for three seconds on end, while the load goes on. Exact: nothing lost, doubled or wrong."
)
_SENT = (
    "Of the first repeat, warm-up included. Places are visited by Zipf's law; people are those among whom visitors are "
    "drawn. Batches of 20 ms and a partition, LZ4, acks=all; one broker without replicas."
)
_PROOFS = (
    "The generator alone, on a broker nobody reads from, and negative controls: what a run had landed was spoilt as a "
    "broken product would, and the verdict has to fail."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One scenario: what it is, what came of it, and where its raw samples are (relative to the run's directory)."""

    name: str
    about: str
    verdict: Verdict
    tables: Sequence[Table]
    charts: Sequence[Chart]
    files: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Something told of all scenarios together: under `title`, at `name` in the page."""

    name: str
    title: str
    tables: Sequence[Table]
    charts: Sequence[Chart] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The whole report. `warning` is a sentence where the run did not come to its end, else empty."""

    title: str
    facts: Sequence[str]
    warning: str
    summary: Table
    overview: Sequence[Chart]
    sections: Sequence[Section]
    parts: Sequence[Part]
    method: Sequence[str]
    machine: Table
    files: Sequence[str]

    @property
    def charts(self) -> list[Chart]:
        """Every chart, those of the overview first."""
        of_all = [chart for section in self.sections for chart in section.charts]
        return [*self.overview, *of_all, *(chart for part in self.parts for chart in part.charts)]


def content_of(test: LoadTest) -> Content:
    """Return what is to be said of a load test, whole or interrupted."""
    knees = [knee(scenario) for scenario in test.scenarios]
    overview = [*knees, distributions(test.scenarios), cpu(test)]
    sections = [_peers(test, peers_of(test.peers)), _faults(test, hurts_of(test)), _load(test), _proofs(test)]
    return Content(
        title=f"Load test {test.about.get('id', '')}".strip(),
        facts=_facts(test),
        warning=_warning(test),
        summary=summary_table(test),
        overview=[chart for chart in overview if chart],
        sections=[section for section in sections if section.tables],
        parts=[_part(scenario) for scenario in test.scenarios],
        method=method_of(test),
        machine=machine_table(test),
        files=test.files,
    )


def _part(scenario: Scenario) -> Part:
    tables = [repeats_table(scenario), stages_table(scenario), resources_table(scenario), queries_table(scenario)]
    charts = [over_time(scenario), distribution(scenario)]
    about = scenario.about
    words = str(about.get("about") or about.get("description") or about.get("title") or "")
    scaled = f" All its times were scaled by {scenario.time_scale:g}." if scenario.time_scale != 1 else ""
    return Part(
        name=scenario.name,
        about=f"{words}{scaled}",
        verdict=verdict_of(scenario),
        tables=[table for table in tables if table],
        charts=[chart for chart in charts if chart],
        files=[*scenario.files, *(file for repeat in scenario.repeats for file in repeat.files)],
    )


def _facts(test: LoadTest) -> list[str]:
    about = test.about
    payloads = sorted({float(r["payload_bytes"]) for s in test.scenarios for r in s.results if "payload_bytes" in r})
    facts = [processor_of(test), f"started {moment(about.get('started'))}", f"seed {about.get('seed', 'unknown')}"]
    if payloads:
        span = precise(payloads[0]) if len(payloads) == 1 else f"{precise(payloads[0])} to {precise(payloads[-1])}"
        facts.append(f"{span} bytes an event")
    versions = [r["versions"] for s in test.scenarios for r in s.results if "versions" in r]
    if code := sorted({str(each["scanstream"]) for each in versions if "scanstream" in each}):
        facts.append(f"commit {', '.join(code)}")
    found = [scenario.search.get("sustainable_events_per_second") for scenario in test.scenarios]
    return [*facts, *(f"sustainable {whole(rate)} events/s" for rate in found if rate)]


def _warning(test: LoadTest) -> str:
    status = str(test.about.get("status", "unknown"))
    if status == "complete":
        return ""
    planned = sum(scenario.planned for scenario in test.scenarios)
    done = sum(len(scenario.results) for scenario in test.scenarios)
    how = {"interrupted": "was interrupted", "running": "has not ended"}.get(status, "ended in an unknown way")
    return f"This run {how}. Repeats that came to an end: {done} of {planned}. Figures are of those alone."


def _peers(test: LoadTest, peers: Sequence[Peer]) -> Section:
    events, payload = float(test.peers.get("events") or 0), float(test.peers.get("payload_bytes") or 0)
    note = (
        f"Every peer drained a topic of the same events, at most {whole(events)} of {precise(payload)} bytes, and its "
        "rows were counted. Ratios are to ours; CPU is without the broker. Once ready leaves out what starting took."
    )
    tables = [peers_table(peers), guarantees_table(peers)] if peers else []
    return Section(name="peers", title="Peers", tables=tables, charts=_drawn(peer_bars(peers)), notes=[note])


def _faults(test: LoadTest, hurts: Sequence[Hurt]) -> Section:
    notes = [_RECOVERED]
    if chaos := test.chaos:
        notes.append(
            f"Chaos: {chaos.get('correct_rounds', 0)} of {counted(int(chaos.get('rounds', 0)), 'round')} exact, "
            f"{whole(float(chaos.get('published') or 0))} events; seed {chaos.get('seed', 'unknown')}."
        )
    table = faults_table(hurts)
    return Section(
        name="faults", title="Faults", tables=[table] if table else [], charts=_drawn(recovery(hurts)), notes=notes
    )


def _load(test: LoadTest) -> Section:
    table = workload_table(test)
    return Section(name="sent", title="What was sent", tables=[table] if table else [], notes=[_SENT])


def _proofs(test: LoadTest) -> Section:
    tables = [generator_table(test.generator), controls_table(test.control)]
    return Section(
        name="proofs",
        title="Can the load test be believed?",
        tables=[table for table in tables if table],
        notes=[_PROOFS],
    )


def _drawn(chart: Chart | None) -> list[Chart]:
    return [chart] if chart else []
