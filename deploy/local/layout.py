"""Where local processes live: their ports and their files, derived from the settings."""

from dataclasses import dataclass
from pathlib import Path

from deploy.local.ports import LOOPBACK, free_ports, require_free
from deploy.settings import Settings

_KAFKA, _KAFKA_CONTROLLER, _CLICKHOUSE, _PROMETHEUS, _METRICS = 92, 93, 123, 90, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Ports of the local processes; `metrics` has one for each worker and then each sink."""

    kafka: int
    kafka_controller: int
    clickhouse: int
    prometheus: int
    gateway: int
    metrics: tuple[int, ...]


def choose_ports(settings: Settings, *, metrics_count: int) -> Ports:
    """Count ports from `port_base`, or take free ones where it (or the gateway's port) is 0. Nothing is reserved."""
    base = settings.port_base
    spare = iter(free_ports(5 + metrics_count))
    return Ports(
        kafka=base + _KAFKA if base else next(spare),
        kafka_controller=base + _KAFKA_CONTROLLER if base else next(spare),
        clickhouse=base + _CLICKHOUSE if base else next(spare),
        prometheus=base + _PROMETHEUS if base else next(spare),
        gateway=settings.gateway_port or next(spare),
        metrics=tuple(base + _METRICS + n if base else next(spare) for n in range(metrics_count)),
    )


def require_local_ports(ports: dict[str, int]) -> None:
    """Raise UserError for the first of the named ports that is taken."""
    for purpose, port in ports.items():
        require_free(
            port,
            purpose=purpose,
            remedy="set SCANSTREAM_PORT_BASE to count from another port (0 picks free ones)",
        )


def require_gateway_port(settings: Settings, port: int) -> None:
    """Raise UserError if the gateway's port is taken."""
    require_free(
        port,
        host=settings.gateway_host,
        purpose="the gateway",
        remedy="set SCANSTREAM_GATEWAY_PORT to another port (0 picks a free one)",
    )


def log_file(settings: Settings, name: str) -> Path:
    """Return the log file of the process `name`."""
    return settings.data_dir / "log" / f"{name}.log"


def http(port: int, *, host: str = LOOPBACK) -> str:
    """Return the HTTP address of a local port."""
    return f"http://{host}:{port}"
