"""The files of a run: written as it goes, so that a run that is interrupted leaves what it has found."""

import csv
import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from loadtest import report
from loadtest.suite.samples import Sample, Second, write_csv

Status = Literal["running", "complete", "interrupted"]

#: In a repetition's directory: a search's steps so far, whether it has come to its end or not.
STEPS_FILE = "steps.json"
_RUN, _SCENARIO, _RESULT, _SUMMARY, _SEARCH = "run.json", "scenario.toml", "result.json", "summary.json", "search.json"


class NoRun(ValueError):
    """The directory holds no run, or one already; the message is a sentence."""


class RunDirectory:
    """`run.json`, and for each scenario its file, its summary and a directory a repetition."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def new(cls, path: Path, *, about: Mapping[str, Any], scenarios: Mapping[str, str]) -> "RunDirectory":
        """Begin a run: `about` goes into run.json, `scenarios` map names to the text of their files."""
        if (path / _RUN).exists():
            raise NoRun(f"{path} holds a run already: continue it with --resume, or choose another directory")
        made = cls(path)
        for name, text in scenarios.items():
            (path / name).mkdir(parents=True, exist_ok=True)
            (path / name / _SCENARIO).write_text(text, "utf-8")
        report.write(
            path / _RUN,
            {
                "id": path.name,
                "started": _now(),
                "finished": None,
                "status": "running",
                **about,
                "scenarios": list(scenarios),
                "machine": report.machine(),
                "versions": report.versions(),
            },
        )
        return made

    @property
    def about(self) -> dict[str, Any]:
        """Return run.json; raise NoRun where there is none."""
        try:
            about: dict[str, Any] = json.loads((self.path / _RUN).read_text("utf-8"))
        except (OSError, ValueError) as problem:
            raise NoRun(f"{self.path} holds no run that could be continued: {problem}") from problem
        return about

    def end(self, status: Status) -> None:
        """Note how the run has ended, or that it goes on."""
        finished = None if status == "running" else _now()
        report.write(self.path / _RUN, {**self.about, "status": status, "finished": finished})

    def scenario_text(self, scenario: str) -> str:
        """Return the text of a scenario's file."""
        return (self.path / scenario / _SCENARIO).read_text("utf-8")

    def repeat(self, scenario: str, number: int) -> Path:
        """Return the directory of a repetition, emptied unless that has its result."""
        directory = self.path / scenario / str(number)
        if directory.exists() and not (directory / _RESULT).exists():
            shutil.rmtree(directory)
        directory.mkdir(parents=True, exist_ok=True)
        return directory

    def result(self, scenario: str, number: int) -> dict[str, Any] | None:
        """Return a repetition's result; None where it has none yet."""
        path = self.path / scenario / str(number) / _RESULT
        if not path.exists():
            return None
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return found

    def results(self, scenario: str) -> list[dict[str, Any]]:
        """Return the results a scenario has, by repetition."""
        found = [self.result(scenario, number) for number in range(1, int(self.about["repeats"]) + 1)]
        return [each for each in found if each is not None]

    def write_summary(self, scenario: str, summary: Mapping[str, Any]) -> None:
        """Write a scenario's summary."""
        report.write(self.path / scenario / _SUMMARY, summary)

    def write_search(self, scenario: str, search: Mapping[str, Any]) -> None:
        """Write what a search has found."""
        report.write(self.path / scenario / _SEARCH, search)


def write_repeat(
    directory: Path,
    *,
    result: Mapping[str, Any],
    samples: Sequence[Sample],
    seconds: Sequence[Second],
    latency: Sequence[tuple[float, float]],
) -> None:
    """Write a finished repetition; the result last, for it says that the rest is there.

    It is told on what and with which versions it ran: a run that is continued may have others than it began with.
    """
    write_csv(directory / "samples.csv", samples, seconds)
    with (directory / "latency.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("percentile", "latency_ms"))
        writer.writerows((f"{percentile:.6f}", f"{value:.3f}") for percentile, value in latency)
    report.write(directory / _RESULT, {**result, "machine": report.machine(), "versions": report.versions()})


def write_partial(directory: Path, samples: Sequence[Sample]) -> None:
    """Write the samples of a repetition that did not come to its end."""
    write_csv(directory / "samples.csv", samples, [Second()] * len(samples))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
