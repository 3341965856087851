"""Read a run's directory, whole or interrupted."""

import csv
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Columns = Mapping[str, Floats]


class CouldNotRead(ValueError):
    """The directory isn't one of a load test, or a file of it is damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """One repeat of a scenario. `result` is None where it did not come to an end.

    `samples` are columns of a row a second; `files` are raw files that exist, relative to the run's directory.
    """

    number: int
    result: Mapping[str, Any] | None = None
    samples: Columns = field(default_factory=dict)
    latency: Columns = field(default_factory=dict)
    files: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario as it was run. `planned` repeats were wanted; those in `repeats` have left something.

    Its times were `time_scale` times those of its file.
    """

    name: str
    planned: int
    time_scale: float = 1.0
    about: Mapping[str, Any] = field(default_factory=dict)
    repeats: Sequence[Repeat] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    search: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[str] = ()

    @property
    def results(self) -> list[Mapping[str, Any]]:
        """Results of the repeats that came to an end."""
        return [repeat.result for repeat in self.repeats if repeat.result is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadTest:
    """Everything a directory holds: `about` is its run.json, `peers`, `chaos`, `generator` and `control` what the
    commands of these names have written (empty where there is none).
    """

    about: Mapping[str, Any]
    scenarios: Sequence[Scenario]
    peers: Mapping[str, Any] = field(default_factory=dict)
    chaos: Mapping[str, Any] = field(default_factory=dict)
    generator: Mapping[str, Any] = field(default_factory=dict)
    control: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[str] = ()


#: Files beside run.json, by what they are.
BESIDE = ("peers", "chaos", "generator", "control")


def read_load_test(directory: Path, *, beside: Mapping[str, Path] = MappingProxyType({})) -> LoadTest:
    """Read a directory; missing repeats are no error. `beside` has files of BESIDE that aren't in there by their names.

    Raises `CouldNotRead` with a sentence.
    """
    if not (directory / "run.json").is_file():
        raise CouldNotRead(f"{directory} has no run.json, so it isn't the directory of a load test")
    about = _json(directory / "run.json")
    try:
        names, planned = [str(name) for name in about["scenarios"]], int(about["repeats"])
        time_scale = float(about.get("time_scale") or 1)
    except (KeyError, TypeError, ValueError) as problem:
        raise CouldNotRead(f"{directory / 'run.json'} has no list of scenarios or number of repeats") from problem
    return LoadTest(
        about=about,
        scenarios=[_scenario(directory, name, planned=planned, time_scale=time_scale) for name in names],
        **{name: _json(beside[name]) if name in beside else _optional(directory / f"{name}.json") for name in BESIDE},
        files=_existing(directory, ["run.json", *(f"{name}.json" for name in BESIDE)]),
    )


def joined(tests: Sequence[LoadTest], prefixes: Sequence[str]) -> LoadTest:
    """Return several load tests as one; what is said of the run as a whole is the first one's.

    `prefixes` lead from the first one's directory to each one's. Raises `CouldNotRead` for a scenario that is in two.
    """
    scenarios = [
        _moved(scenario, prefix) for test, prefix in zip(tests, prefixes, strict=True) for scenario in test.scenarios
    ]
    names = [scenario.name for scenario in scenarios]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise CouldNotRead(f"the scenario {twice} is in two of the directories; leave one of them out")
    states = [str(test.about.get("status", "unknown")) for test in tests]
    status = next((state for state in states if state != "complete"), "complete")
    found: dict[str, Mapping[str, Any]] = {
        name: next((each for test in tests if (each := getattr(test, name))), {}) for name in BESIDE
    }
    files = [f"{prefix}{file}" for test, prefix in zip(tests, prefixes, strict=True) for file in test.files]
    return LoadTest(about={**tests[0].about, "status": status}, scenarios=scenarios, **found, files=files)


def _moved(scenario: Scenario, prefix: str) -> Scenario:
    repeats = [replace(repeat, files=[f"{prefix}{file}" for file in repeat.files]) for repeat in scenario.repeats]
    return replace(scenario, repeats=repeats, files=[f"{prefix}{file}" for file in scenario.files])


def _scenario(root: Path, name: str, *, planned: int, time_scale: float) -> Scenario:
    directory = root / name
    numbers = sorted(int(path.name) for path in directory.glob("*") if path.is_dir() and path.name.isdigit())
    return Scenario(
        name=name,
        planned=planned,
        time_scale=time_scale,
        about=_toml(directory / "scenario.toml"),
        repeats=[_repeat(root, name, number) for number in numbers],
        summary=_optional(directory / "summary.json"),
        search=_optional(directory / "search.json") or _steps_so_far(directory, numbers),
        files=_existing(root, [f"{name}/{file}" for file in ("scenario.toml", "summary.json", "search.json")]),
    )


def _steps_so_far(directory: Path, numbers: Sequence[int]) -> Mapping[str, Any]:
    """Return the steps of a search none of whose repeats has come to its end; empty where there are none."""
    found = {number: _optional(directory / str(number) / "steps.json") for number in numbers}
    steps = [{**step, "repeat": number} for number, each in found.items() for step in each.get("steps", ())]
    return {"steps": steps} if steps else {}


def _repeat(root: Path, name: str, number: int) -> Repeat:
    directory = root / name / str(number)
    return Repeat(
        number=number,
        result=_optional(directory / "result.json") or None,
        samples=_columns(directory / "samples.csv"),
        latency=_columns(directory / "latency.csv"),
        files=_existing(root, [f"{name}/{number}/{file}" for file in ("result.json", "samples.csv", "latency.csv")]),
    )


def _existing(root: Path, files: Sequence[str]) -> list[str]:
    return [file for file in files if (root / file).is_file()]


def _optional(file: Path) -> Mapping[str, Any]:
    return _json(file) if file.is_file() else {}


def _json(file: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise CouldNotRead(f"{file} can't be read: {problem}") from problem
    if not isinstance(content, dict):
        raise CouldNotRead(f"{file} holds no JSON object")
    return content


def _toml(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    except (OSError, ValueError) as problem:
        raise CouldNotRead(f"{file} can't be read: {problem}") from problem


def _columns(file: Path) -> Columns:
    """Return the columns of a file of numbers; empty fields are NaN. A line cut off by an interruption is left out."""
    if not file.is_file():
        return {}
    with file.open(newline="", encoding="utf-8") as lines:
        names, *rows = list(csv.reader(lines)) or [[]]
    whole = [row for row in rows if len(row) == len(names)]
    try:
        numbers = np.array([[float(text or "nan") for text in row] for row in whole], np.float64)
    except ValueError as problem:
        raise CouldNotRead(f"{file} can't be read: {problem}") from problem
    numbers = numbers.reshape(-1, len(names))
    return {name: numbers[:, place] for place, name in enumerate(names)}
