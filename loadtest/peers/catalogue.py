"""The peers, one row each."""

from loadtest.peers.peer import Peer

BASELINE = "scanstream"

_CONNECT = "clickhouse-connect, Arrow, 50,000 rows or 1 s"
_NATIVE = "java.net.http, Native, 50,000 rows or 1 s, one insert under way a thread"
_LOST_IN_A_CRASH = "at-least-once reading, but a crash loses rows whose id the {0} has saved already"

#: Two threads beside broker and ClickHouse on two cores: the collector that costs the least.
_JVM = ("-Xms1g", "-Xmx4g", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
#: As in Flink's own configuration for Java 17.
_OPENED = ("lang", "net", "io", "nio", "text", "time", "util", "util.concurrent", "util.concurrent.atomic")
_FLINK = (*_JVM, *(f"--add-opens=java.base/java.{package}=ALL-UNNAMED" for package in _OPENED))


def _kafka_streams(name: str, variant: str, *, guarantee: str, note: str) -> Peer:
    return Peer(
        name=name,
        kind="java",
        folder="jvm",
        versioned_by="kafka.version",
        jars="streams",
        main="scanstream.peers.KafkaStreamsPeer",
        variant=variant,
        options=_JVM,
        guarantee=guarantee,
        sink=_NATIVE,
        note=note,
    )


def _flink(name: str, variant: str, *, note: str) -> Peer:
    return Peer(
        name=name,
        kind="java",
        folder="jvm",
        versioned_by="flink.version",
        jars="flink",
        main="scanstream.peers.FlinkPeer",
        variant=variant,
        options=_FLINK,
        guarantee="at-least-once into ClickHouse: a crash doubles the rows since the last checkpoint, none are lost",
        sink=_NATIVE,
        note=note,
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
        guarantee=_LOST_IN_A_CRASH.format("table's changelog"),
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
    Peer(
        name="quix",
        kind="python",
        folder="quix",
        versioned_by="quixstreams",
        main="loadtest.peers.quix.program",
        processes=2,
        most_events=600_000,
        guarantee="at-least-once: a crash doubles the rows since the last checkpoint, none are lost",
        sink=_CONNECT,
        note="two processes, state by subject in RocksDB with its changelog",
    ),
    Peer(
        name="bytewax",
        kind="python",
        folder="bytewax",
        versioned_by="bytewax",
        main="loadtest.peers.bytewax.program",
        processes=2,
        guarantee="at-least-once: a crash doubles the rows since the last snapshot, none are lost",
        sink="clickhouse-connect, Arrow, 20,000 rows a partition or 1 s",
        note="two processes, each with half of the partitions, state in memory by partition, snapshots every 10 s",
    ),
    _kafka_streams(
        "kafka-streams",
        "memory",
        guarantee=_LOST_IN_A_CRASH.format("store's changelog"),
        note="two threads, window store in memory with its changelog, at_least_once",
    ),
    _kafka_streams(
        "kafka-streams-rocksdb",
        "rocksdb",
        guarantee=_LOST_IN_A_CRASH.format("store's changelog"),
        note="two threads, window store in RocksDB with its changelog, at_least_once",
    ),
    _kafka_streams(
        "kafka-streams-eos",
        "exactly-once",
        guarantee="at-least-once into ClickHouse: a crash doubles the rows since the last commit, none are lost",
        note="two threads, window store in memory, exactly_once_v2, commits every second",
    ),
    _flink("flink", "heap", note="parallelism 2, state on the heap, checkpoints every 10 s"),
    _flink("flink-rocksdb", "rocksdb", note="parallelism 2, state in RocksDB, incremental checkpoints every 10 s"),
)


def peer_named(name: str) -> Peer:
    """Return the peer called `name`; raise KeyError."""
    return next(peer for peer in PEERS if peer.name == name) if name in NAMES else _unknown(name)


NAMES: tuple[str, ...] = tuple(peer.name for peer in PEERS)


def _unknown(name: str) -> Peer:
    raise KeyError(f"no peer is called {name!r}; there are {', '.join(NAMES)}")
