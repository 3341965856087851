"""The broker's two configuration files as text. Pure."""

import base64
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.ports import LOOPBACK

# A landing-log message carries a whole batch of rows: some MB each, so Kafka's usual 1 MiB is too small.
MAX_MESSAGE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A further port of the broker on loopback, for clients that reach it through another one.

    Kafka tells its clients where to connect to. Those that come in at `port` are told `advertised_port`. `name` is
    upper-case letters.
    """

    name: str
    port: int
    advertised_port: int


def server_properties(
    *, port: int, controller_port: int, data_directory: Path, listeners: Sequence[Listener] = ()
) -> str:
    """Return server.properties of a single KRaft node (broker and controller) on loopback."""
    clients = (Listener(name="PLAINTEXT", port=port, advertised_port=port), *listeners)
    own = [_address("CONTROLLER", controller_port), *(_address(each.name, each.port) for each in clients)]
    return _text(
        {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@{LOOPBACK}:{controller_port}",
            "listeners": ",".join(own),
            "advertised.listeners": ",".join(_address(each.name, each.advertised_port) for each in clients),
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": ",".join(
                f"{name}:PLAINTEXT" for name in ("CONTROLLER", *(each.name for each in clients))
            ),
            "log.dirs": data_directory,
            **_SINGLE_NODE,
            **_LIMITS,
            **_PROMPT,
        }
    )


def meta_properties() -> str:
    """Return meta.properties with new random identities: all that formatting a single KRaft node's storage needs.

    The broker then writes its default features itself. Kafka's own StorageTool would cost another JVM start.
    """
    return _text(
        {"version": 1, "cluster.id": _kafka_uuid(), "node.id": 1, "directory.id": _kafka_uuid()},
    )


_SINGLE_NODE = {
    "offsets.topic.num.partitions": 1,
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "default.replication.factor": 1,
    "min.insync.replicas": 1,
    # Topics are made explicitly with their partitions and settings; a typing error must not make one.
    "auto.create.topics.enable": "false",
}

_LIMITS = {
    "message.max.bytes": MAX_MESSAGE_BYTES,
    "replica.fetch.max.bytes": MAX_MESSAGE_BYTES,
    "socket.request.max.bytes": 2 * MAX_MESSAGE_BYTES,
    "socket.send.buffer.bytes": 1024 * 1024,
    "socket.receive.buffer.bytes": 1024 * 1024,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "log.segment.bytes": 256 * 1024 * 1024,
    "log.retention.check.interval.ms": 60_000,
    "log.retention.hours": 72,
}

_PROMPT = {
    # A group forms at once instead of waiting three seconds for more members.
    "group.initial.rebalance.delay.ms": 0,
    # After kill -9 the restarted controller believes the old broker alive for one session and refuses the new one:
    # with Kafka's 9 s a restart takes 11 s, with 2 s it takes 3.4 s.
    "broker.session.timeout.ms": 2_000,
    "broker.heartbeat.interval.ms": 250,
}


def _address(name: str, port: int) -> str:
    return f"{name}://{LOOPBACK}:{port}"


def _text(properties: dict[str, object]) -> str:
    return "".join(f"{name}={value}\n" for name, value in properties.items())


def _kafka_uuid() -> str:
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
