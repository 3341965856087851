"""The peers, one row each."""

from loadtest.peers.peer import Peer

BASELINE = "scanstream"

_CONNECT = "clickhouse-connect, Arrow, 50,000 rows or 1 s"
_NATIVE = "java.net.http, Native, 50,000 rows or 1 s, one insert under way a thread"
_OPENS = tuple(
    part
    for package in ("java.lang", "java.util", "java.util.concurrent", "java.net", "java.nio", "java.time")
    for part in ("--add-opens", f"java.base/{package}=ALL-UNNAMED")
)

PEERS: tuple[Peer, ...] = (
    Peer(
        name="floor",
        kind="floor",
        main="loadtest.peers.floor",
        guarantee="none: nothing is deduplicated, nothing survives a crash",
        sink="clickhouse-connect, Arrow, 50,000 rows, two threads",
        note="fetch, decode and insert with no logic: duplicates land, so every sound event is expected",
    ),
    Peer(
        name=BASELINE,
        kind="own",
        guarantee="effectively-once: rows and ledger are exact whatever is killed",
        sink="its own sink process, Arrow, a landing message an insert",
        note="also decides re-scans, checks late scans against the table, and keeps a ledger",
    ),
    Peer(
        name="faust",
        kind="python",
        folder="faust",
        versioned_by="faust-streaming",
        main="loadtest.peers.faust.program",
        variant="table",
        processes=2,
        most_events=200_000,
        guarantee="at-least-once reading, but a crash loses rows whose id the table has saved already",
        sink=_CONNECT,
        note="agent with a windowed Table",
    ),
    Peer(
        name="faust-memory",
        kind="python",
        folder="faust",
        versioned_by="faust-streaming",
        main="loadtest.peers.faust.program",
        variant="memory",
        processes=2,
        most_events=400_000,
        guarantee="at-least-once; the window is forgotten in a crash or a rebalance, duplicates then land",
        sink=_CONNECT,
        note="agent without a Table: ids are kept in the process",
    ),
)


def peer_named(name: str) -> Peer:
    """Return the peer called `name`; raise KeyError."""
    return next(peer for peer in PEERS if peer.name == name) if name in NAMES else _unknown(name)


NAMES: tuple[str, ...] = tuple(peer.name for peer in PEERS)


def _unknown(name: str) -> Peer:
    raise KeyError(f"no peer is called {name!r}; there are {', '.join(NAMES)}")
