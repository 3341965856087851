"""Kafka and ClickHouse: those of this machine, and whether those at a given address answer."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from deploy.kafka.broker import Broker
from deploy.kafka.properties import Listener
from deploy.kafka.reach import answers, no_answer
from deploy.kafka.topics import require_topics
from deploy.kafka.wanted import wanted_topics
from deploy.local.clickhouse import EmbeddedClickHouse
from deploy.local.layout import Ports, choose_ports, log_file, require_local_ports
from deploy.local.ports import LOOPBACK
from deploy.settings import Settings
from deploy.user_error import UserError

_EXISTING_SECONDS = 5.0


def local_broker(
    settings: Settings,
    ports: Ports,
    *,
    listeners: Sequence[Listener] = (),
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Broker:
    """Return a broker on the given ports, with its data in the data directory; raise UserError if one is taken."""
    require_local_ports({"Kafka": ports.kafka, "Kafka's controller": ports.kafka_controller})
    return Broker(
        settings.data_dir / "kafka",
        port=ports.kafka,
        controller_port=ports.kafka_controller,
        log_file=log_file(settings, "kafka"),
        listeners=listeners,
        environment=environment,
    )


def local_clickhouse(settings: Settings, ports: Ports) -> EmbeddedClickHouse:
    """Return an embedded server on the given port, with its data in the data directory; UserError if it is taken."""
    require_local_ports({"ClickHouse": ports.clickhouse})
    return EmbeddedClickHouse(
        settings.data_dir,
        port=ports.clickhouse,
        user=settings.clickhouse_user,
        password=settings.clickhouse_password,
        log_file=log_file(settings, "clickhouse"),
    )


def existing_stores(
    settings: Settings, *, need_kafka: bool = True, need_clickhouse: bool = True, need_topics: bool = False
) -> Settings:
    """Return settings with both addresses: those of a local run where none is set.

    For commands that work on stores somebody else has started. Raises UserError if one that is needed doesn't answer,
    or if our topics are needed and not all there.
    """
    ports = choose_ports(settings)
    found = replace(
        settings,
        kafka=settings.kafka or f"{LOOPBACK}:{ports.kafka}",
        clickhouse_url=settings.clickhouse_url or f"http://{LOOPBACK}:{ports.clickhouse}",
    )
    if need_kafka:
        check_kafka(found.kafka)
    if need_clickhouse:
        check_clickhouse(found.clickhouse_url)
    if need_topics:
        require_topics(found.kafka, [topic.name for topic in wanted_topics(partitions=found.partitions)])
    return found


def check_kafka(addresses: str) -> None:
    """Raise UserError if no Kafka answers there."""
    if not answers(addresses, timeout_seconds=_EXISTING_SECONDS):
        raise no_answer(addresses)


def check_clickhouse(url: str) -> None:
    """Raise UserError if no ClickHouse answers there."""
    if not _pings(url):
        raise UserError(
            f"No ClickHouse answers at {url}; start it, correct SCANSTREAM_CLICKHOUSE_URL, or leave that empty to "
            "use the embedded one here."
        )


def _pings(url: str) -> bool:
    try:
        with urllib.request.urlopen(url.rstrip("/") + "/ping", timeout=_EXISTING_SECONDS):  # noqa: S310 -- http, checked
            return True
    except (urllib.error.URLError, OSError, http.client.HTTPException):
        return False
