"""Everything the report says, in order, before it is a page or a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from loadtest.reporting.bars import cpu, peer_bars, recovery
from loadtest.reporting.chart import Chart
from loadtest.reporting.distribution import distribution, distributions
from loadtest.reporting.knee import knee
from loadtest.reporting.method import method_of
from loadtest.reporting.over_time import over_time
from loadtest.reporting.peers import Peer, peers_of
from loadtest.reporting.read import LoadTest, Scenario
from loadtest.reporting.tables import (
    Table,
    machine_table,
    peers_table,
    processor_of,
    repeats_table,
    resources_table,
    stages_table,
    summary_table,
)
from loadtest.reporting.verdict import Verdict, verdict_of
from loadtest.reporting.words import moment, precise, whole


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
class Content:
    """The whole report. `warning` is a sentence where the run did not come to its end, else empty."""

    title: str
    facts: Sequence[str]
    warning: str
    summary: Table
    overview: Sequence[Chart]
    peers: Table | None
    peer_notes: Sequence[str]
    parts: Sequence[Part]
    method: Sequence[str]
    machine: Table
    files: Sequence[str]

    @property
    def charts(self) -> list[Chart]:
        """Every chart, those of the overview first."""
        return [*self.overview, *(chart for part in self.parts for chart in part.charts)]


def content_of(test: LoadTest) -> Content:
    """Return what is to be said of a load test, whole or interrupted."""
    peers = peers_of(test.peers)
    knees = [knee(scenario) for scenario in test.scenarios]
    overview = [*knees, distributions(test.scenarios), cpu(test), peer_bars(peers), recovery(test)]
    return Content(
        title=f"Load test {test.about.get('id', '')}".strip(),
        facts=_facts(test),
        warning=_warning(test),
        summary=summary_table(test),
        overview=[chart for chart in overview if chart],
        peers=peers_table(peers) if peers else None,
        peer_notes=_peer_notes(test, peers),
        parts=[_part(scenario) for scenario in test.scenarios],
        method=method_of(test),
        machine=machine_table(test),
        files=test.files,
    )


def _part(scenario: Scenario) -> Part:
    tables = [repeats_table(scenario), stages_table(scenario), resources_table(scenario)]
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


def _peer_notes(test: LoadTest, peers: Sequence[Peer]) -> list[str]:
    """Return the peers' own notes, after what all of them were given."""
    events, payload = float(test.peers.get("events") or 0), float(test.peers.get("payload_bytes") or 0)
    shared = (
        f"Every peer drained a topic of the same events, at most {whole(events)} of {precise(payload)} bytes, and its "
        "rows were counted. Ratios are to ours; CPU is without the broker."
    )
    notes = [shared] if peers else []
    return [*notes, *(f"{peer.name}: {peer.note}" for peer in peers if peer.note)]
