"""Several scenarios, several times each: what is missing is done, what is done is summed up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from loadtest.fault import Fault
from loadtest.suite.plans import shortened
from loadtest.suite.repeat import OpenSystem, Repeat
from loadtest.suite.run_directory import RunDirectory
from loadtest.suite.scenario_files import WrongScenario, parse
from loadtest.suite.spec import Spec
from loadtest.suite.summary import summary
from loadtest.suite.verdict import Outcome, worst
from loadtest.suite.view import View

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A run over a directory that says which scenarios, how often and how long."""

    directory: RunDirectory
    open_system: OpenSystem
    view: View
    faults: Mapping[str, Fault]

    def run(self) -> dict[str, Any]:
        """Do every repetition that has no result yet; return the summaries by scenario, and the worst verdict.

        When it is interrupted, the directory says so and holds everything up to then.
        """
        about = self.directory.about
        self.directory.end("running")
        try:
            for number in range(1, about["repeats"] + 1):
                for name in about["scenarios"]:
                    self._repeat(name, number, time_scale=about["time_scale"])
        except BaseException:
            self.directory.end("interrupted")
            raise
        self.directory.end("complete")
        return outcome(self.directory)

    def _repeat(self, name: str, number: int, *, time_scale: float) -> None:
        if self.directory.result(name, number) is not None:
            return
        self.view.title(f"{name}, repetition {number} of {self.directory.about['repeats']}")
        repeat = Repeat(
            name=name,
            spec=shortened(parse(self.directory.scenario_text(name), name=name), time_scale),
            number=number,
            directory=self.directory.repeat(name, number),
            open_system=self.open_system,
            view=self.view,
            faults=self.faults,
            near=_found_before(self.directory.results(name)),
        )
        self.view.say(sentence(repeat.run()))
        _sum_up(self.directory, name)


def _found_before(results: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the rate the latest repetition of a search found; None before the first, and where it is no search."""
    found = [float(result["sustainable_events_per_second"]) for result in results if "steps" in result]
    return found[-1] if found else None


def require_faults(specs: Mapping[str, Spec], faults: Mapping[str, Fault]) -> None:
    """Raise WrongScenario if a scenario names a fault nobody can do."""
    for name, spec in specs.items():
        for fault in spec.fault:
            if fault.name not in faults:
                known = ", ".join(sorted(faults)) or "none"
                raise WrongScenario(f"scenario {name}: no fault is called {fault.name!r}; there are: {known}")


def outcome(directory: RunDirectory) -> dict[str, Any]:
    """Return what a run's directory says in all, also of one that was interrupted."""
    summaries = {name: summary(name, directory.results(name)) for name in directory.about["scenarios"]}
    verdict: Outcome = worst([each["verdict"] for each in summaries.values()])
    about = {name: value for name, value in directory.about.items() if name not in ("id", "scenarios")}
    return {"directory": str(directory.path), "verdict": verdict, "scenarios": summaries, **about}


def sentence(result: Mapping[str, Any]) -> str:
    """Return a repetition in a line, and a line for each reason."""
    latency = result["latency_ms"]
    words = [f"{result['scenario']} {result['repeat']}: {result['verdict']}"]
    words.append(f"{result['published']:,} events, {result['events_per_second']:,.0f}/s")
    if latency:
        words.append(f"p50 {latency['p50']:,.0f} ms, p99 {latency['p99']:,.0f} ms")
    return "\n".join([", ".join(words), *(f"    {reason}" for reason in result["reasons"])])


def _sum_up(directory: RunDirectory, name: str) -> None:
    results = directory.results(name)
    directory.write_summary(name, summary(name, results))
    searched = [result for result in results if "steps" in result]
    if searched:
        directory.write_search(name, search_of(searched))


def search_of(results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return all repetitions' steps, and the median of the rates they found."""
    return {
        "steps": [{**step, "repeat": result["repeat"]} for result in results for step in result["steps"]],
        "sustainable_events_per_second": median(result["sustainable_events_per_second"] for result in results),
    }
