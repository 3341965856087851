"""Start Kafka and ClickHouse on this machine where no address of existing ones is set."""

import urllib.error
import urllib.request
from dataclasses import replace

from deploy.kafka.broker import Broker
from deploy.kafka.reach import answers, no_answer
from deploy.local.clickhouse import EmbeddedClickHouse
from deploy.local.layout import Ports, choose_ports, log_file, require_local_ports
from deploy.local.ports import LOOPBACK
from deploy.local.supervisor import Supervisor
from deploy.settings import Settings
from deploy.user_error import UserError

_EXISTING_SECONDS = 5.0


def local_broker(settings: Settings, ports: Ports) -> Broker:
    """Return a broker on the given ports, with its data in the data directory; raise UserError if one is taken."""
    require_local_ports({"Kafka": ports.kafka, "Kafka's controller": ports.kafka_controller})
    return Broker(
        settings.data_dir / "kafka",
        port=ports.kafka,
        controller_port=ports.kafka_controller,
        log_file=log_file(settings, "kafka"),
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


def existing_stores(settings: Settings, *, need_clickhouse: bool = True) -> Settings:
    """Return settings with both addresses, those of a local run where none is set; UserError if one doesn't answer.

    For commands that work on stores somebody else has started.
    """
    ports = choose_ports(settings)
    found = replace(
        settings,
        kafka=settings.kafka or f"{LOOPBACK}:{ports.kafka}",
        clickhouse_url=settings.clickhouse_url or f"http://{LOOPBACK}:{ports.clickhouse}",
    )
    _check_kafka(found.kafka)
    if need_clickhouse:
        _check_clickhouse(found.clickhouse_url)
    return found


def start_stores(supervisor: Supervisor, settings: Settings, ports: Ports) -> Settings:
    """Start what has no address yet, side by side, and return settings with the addresses of both.

    An address that is set must answer, otherwise UserError.
    """
    _check_kafka(settings.kafka)
    _check_clickhouse(settings.clickhouse_url)
    programs = []
    found = settings
    if not settings.kafka:
        broker = local_broker(settings, ports)
        programs.append(broker.program())
        found = replace(found, kafka=broker.bootstrap)
    if not settings.clickhouse_url:
        server = local_clickhouse(settings, ports)
        programs.append(server.program())
        found = replace(found, clickhouse_url=server.url)
    supervisor.start_together(programs)
    return found


def _check_kafka(addresses: str) -> None:
    if addresses and not answers(addresses, timeout_seconds=_EXISTING_SECONDS):
        raise no_answer(addresses)


def _check_clickhouse(url: str) -> None:
    if url and not _pings(url):
        raise UserError(
            f"No ClickHouse answers at {url}; start it, correct SCANSTREAM_CLICKHOUSE_URL, or leave that empty to "
            "use the embedded one here."
        )


def _pings(url: str) -> bool:
    try:
        with urllib.request.urlopen(url.rstrip("/") + "/ping", timeout=_EXISTING_SECONDS):  # noqa: S310 -- http, checked
            return True
    except (urllib.error.URLError, OSError):
        return False
