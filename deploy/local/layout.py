"""Where local processes live: their ports and their files, derived from the settings."""

from dataclasses import dataclass
from pathlib import Path

from deploy.local.ports import free_ports, require_free
from deploy.settings import Settings

_KAFKA, _KAFKA_CONTROLLER, _CLICKHOUSE, _PROMETHEUS = 92, 93, 123, 90
_DOOR = 124
WORKERS, SINKS, WATCH = 200, 210, 220
_MOST = 8  # workers, and sinks, of one machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Ports of the local processes; workers, sinks and the watch serve their metrics on theirs.

    Through the door people with access to ClickHouse come in.
    """

    kafka: int
    kafka_controller: int
    clickhouse: int
    prometheus: int
    gateway: int
    workers: tuple[int, ...]
    sinks: tuple[int, ...]
    watch: int
    door: int


def choose_ports(settings: Settings) -> Ports:
    """Count ports from `port_base`, or take free ones where it (or the gateway's port) is 0. Nothing is reserved."""
    spare = iter(free_ports(7 + 2 * _MOST))

    def counted(offset: int) -> int:
        return settings.port_base + offset if settings.port_base else next(spare)

    return Ports(
        kafka=counted(_KAFKA),
        kafka_controller=counted(_KAFKA_CONTROLLER),
        clickhouse=counted(_CLICKHOUSE),
        prometheus=counted(_PROMETHEUS),
        gateway=settings.gateway_port or next(spare),
        workers=tuple(counted(WORKERS + number) for number in range(_MOST)),
        sinks=tuple(counted(SINKS + number) for number in range(_MOST)),
        watch=counted(WATCH),
        door=counted(_DOOR),
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
        host=settings.listen_host,
        purpose="the gateway",
        remedy="set SCANSTREAM_GATEWAY_PORT to another port (0 picks a free one)",
    )


def clickhouse_directory(data_dir: Path) -> Path:
    """Return where the embedded ClickHouse keeps its files."""
    return data_dir / "clickhouse"


def log_file(settings: Settings, name: str) -> Path:
    """Return the log file of the process `name`."""
    return settings.data_dir / "log" / f"{name}.log"
