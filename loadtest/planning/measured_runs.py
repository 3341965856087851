"""Measurements a plan stands on: drains at several numbers of partitions, and one live run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

ROLES = ("worker", "sink", "clickhouse", "broker")


class CouldNotRead(ValueError):
    """A file isn't what `scanstream plan --measure` writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """CPU of a run by role, in microseconds an event, without a worker's start; events of a landing message."""

    cpu_us: Mapping[str, float]
    events_per_message: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain(Run):
    """A drain of a full topic.

    `events_per_second` counts from when the worker was ready; `cores` are those that other programs left.
    """

    partitions: int
    events: int
    cores: float
    events_per_second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Bytes of an event in each place, of a row, of a key, of a worker without keys; `landed` and `keys` an event."""

    payload: float
    raw: float
    landing: float
    row: float
    landed: float
    keys: float
    key: float
    worker: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Everything measured; `live` is None where only drains were."""

    drains: Sequence[Drain]
    live: Run | None
    sizes: Sizes
    machine: Mapping[str, Any]
    measured_at: str


def shipped() -> Path:
    """Return the measurements that come with the program."""
    return Path(str(files("loadtest.planning.measured") / "measured.json"))


def read_measured(file: Path) -> Measured:
    """Read measurements; raise `CouldNotRead` with a sentence where they are missing or not whole."""
    try:
        return parse(json.loads(file.read_text("utf-8")))
    except OSError as problem:
        raise CouldNotRead(f"{file} can't be read: {problem.strerror}") from problem
    except (KeyError, TypeError, ValueError) as problem:
        raise CouldNotRead(f"{file} isn't what scanstream plan --measure writes: {problem!r}") from problem


def parse(document: Mapping[str, Any]) -> Measured:
    """Return the measurements in a document; raise KeyError, TypeError or ValueError where something is missing."""
    reports = sorted(document["drains"], key=lambda report: report["partitions"])
    if len(reports) < 2:
        raise ValueError("at least two drains are needed")
    return Measured(
        drains=[_drain(report) for report in reports],
        live=_live(document["live"]) if document.get("live") else None,
        sizes=_sizes(reports[-1]),
        machine=reports[-1]["machine"],
        measured_at=document["measured_at"],
    )


def _drain(report: Mapping[str, Any]) -> Drain:
    events = report["published"]
    starting_us = report["worker_start_cpu_seconds"] / events * 1e6
    cpu_us = {role: report["cpu_us_per_event"][role] for role in ROLES}
    return Drain(
        partitions=report["partitions"],
        events=events,
        cores=report["machine"]["cores"] - report["other_cores"],
        events_per_second=report["events_per_second_once_ready"],
        events_per_message=events / report["landing_messages"],
        cpu_us={**cpu_us, "worker": cpu_us["worker"] - starting_us},
    )


def _live(report: Mapping[str, Any]) -> Run:
    return Run(
        cpu_us={role: report["cpu_us_per_event"][role] for role in ROLES},
        events_per_message=report["events_per_message"],
    )


def _sizes(report: Mapping[str, Any]) -> Sizes:
    return Sizes(
        payload=report["payload_bytes"],
        raw=report["raw_bytes_per_event"],
        landing=report["landing_bytes_per_event"],
        row=report["disk_bytes_per_row"],
        landed=report["landed"] / report["published"],
        keys=report["window_keys"] / report["published"],
        key=report["window_bytes"] / report["window_keys"],
        worker=report["rss_bytes"]["worker"] - report["window_bytes"],
    )
