"""Where one run of one peer happens: fresh stores, and ways to start processes beside them."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loadtest.peers.build import jars_of, python_of
from loadtest.peers.common.settings import PeerSettings
from loadtest.peers.peer import HERE, Address, Peer, Say, Start
from loadtest.system import System

_ROOT = HERE.parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A system whose stores run and are empty. `directory` is this run's own, `builds` is kept between runs.

    `start_own` starts our own sink and worker side by side and returns when both are ready.
    """

    system: System
    start: Start
    start_own: Callable[[], None]
    clickhouse: Address
    directory: Path
    builds: Path


def program_of(peer: Peer, stage: Stage, *, say: Say) -> Sequence[str]:
    """Return the arguments that run a peer, built first where that has not been done; empty for our own pipeline."""
    if peer.kind == "java":
        jars = jars_of(stage.builds, say=say) / peer.jars
        return ["java", *peer.options, "-cp", f"{jars}/*", peer.main]
    if peer.kind == "python":
        return [str(python_of(peer.folder, directory=stage.builds, say=say)), "-m", peer.main]
    return [sys.executable, "-m", peer.main] if peer.kind == "floor" else []


def environment(settings: PeerSettings, *, number: int) -> dict[str, str]:
    """Return what process `number` of a peer finds in its environment."""
    return {**replace(settings, number=number).environment(), "PYTHONPATH": str(_ROOT)}
