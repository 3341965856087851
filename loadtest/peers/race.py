"""Run one peer once: fill the topic, start the peer, watch its rows arrive, count them, and end it."""

from dataclasses import dataclass

from loadtest.peers.expected import SHARES
from loadtest.peers.other import run_other
from loadtest.peers.own import run_own
from loadtest.peers.peer import Peer, Say
from loadtest.peers.record import Record
from loadtest.peers.stage import Stage, program_of
from loadtest.preload import preload


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What every peer gets: so many events of that seed (a slow peer fewer), and so much time."""

    events: int
    seed: int
    partitions: int
    limit_seconds: float

    def events_for(self, peer: Peer) -> int:
        """Return how many events a peer's topic holds."""
        return min(self.events, peer.most_events or self.events)


def race(peer: Peer, stage: Stage, load: Load, *, repeat: int, say: Say) -> Record:
    """Fill the topic, run the peer on it, and return what it measured.

    Raises CouldNotCheck when the peer can't be built or what was published is not known for certain, NotDrained when
    our own pipeline does not finish.
    """
    program = program_of(peer, stage, say=say)
    run = preload(
        stage.system.kafka,
        events=load.events_for(peer),
        seed=load.seed,
        partitions=load.partitions,
        say=say,
        shares=SHARES,
    )
    if peer.kind == "own":
        return run_own(peer, stage, run, repeat=repeat, limit_seconds=load.limit_seconds, say=say)
    return run_other(peer, program, stage, run, repeat=repeat, limit_seconds=load.limit_seconds, say=say)
