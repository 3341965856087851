"""The grid of peers and repeats: which runs are still to do, and the report of those that are done."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from loadtest import report
from loadtest.peers.build import pinned_version
from loadtest.peers.catalogue import BASELINE, PEERS
from loadtest.peers.figures import peer_figures, with_ratios
from loadtest.peers.peer import Peer
from loadtest.peers.race import Load
from loadtest.peers.record import Record


class NotThisGrid(ValueError):
    """A file to go on from belongs to another load, or is no report of peers."""


def still_to_do(peers: Sequence[Peer], *, repeats: int, done: Sequence[Record]) -> Iterator[tuple[Peer, int]]:
    """Yield peers and repeats (from 1) that have no record: all peers once, then all twice, so that drift hits all."""
    have = {(record.peer, record.repeat) for record in done}
    for repeat in range(1, repeats + 1):
        for peer in peers:
            if (peer.name, repeat) not in have:
                yield peer, repeat


def report_of(records: Sequence[Record], load: Load, *, wanted_runs: int) -> dict[str, Any]:
    """Return the report of the runs that are done; `status` says whether all `wanted_runs` are."""
    by_peer = {peer: [record for record in records if record.peer == peer.name] for peer in PEERS}
    figures = {peer.name: peer_figures(peer, runs, version=_version(peer)) for peer, runs in by_peer.items() if runs}
    return {
        "peers": with_ratios(figures),
        "baseline": BASELINE,
        "status": "complete" if len(records) >= wanted_runs else "interrupted",
        "events": load.events,
        "seed": load.seed,
        "partitions": load.partitions,
        "payload_bytes": records[0].payload_bytes if records else 0.0,
        "machine": report.machine(),
        "versions": report.versions(),
        "runs": [record.as_json() for record in records],
    }


def records_in(path: Path, load: Load) -> list[Record]:
    """Return the runs kept in a report, to go on from, those that failed left out; none if there is no such file yet.

    Raises NotThisGrid when they were made with another load.
    """
    if not path.exists():
        return []
    try:
        kept = json.loads(path.read_text("utf-8"))
        same = all(kept[name] == getattr(load, name) for name in ("events", "seed", "partitions"))
        records = [Record.from_json(run) for run in kept["runs"]]
    except (ValueError, KeyError, TypeError) as problem:
        raise NotThisGrid(f"{path} is no report of peers: {problem!r}") from problem
    if not same:
        raise NotThisGrid(f"the runs in {path} were made with other events, seed or partitions")
    return [record for record in records if record.ending != "failed"]


def write_whole(path: Path, figures: dict[str, Any]) -> None:
    """Write a report so that a reader never finds half of it."""
    unfinished = path.with_name(path.name + ".new")
    report.write(unfinished, figures)
    unfinished.replace(path)


def _version(peer: Peer) -> str:
    return pinned_version(peer.folder, peer.versioned_by) if peer.versioned_by else "this repository"
