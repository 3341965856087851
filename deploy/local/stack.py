"""Start the whole system on this machine, in the order its parts need each other."""

from dataclasses import dataclass

from deploy.local import roles
from deploy.local.child import Program
from deploy.local.layout import Ports, choose_ports, log_file, require_gateway_port, require_local_ports
from deploy.local.prometheus import prometheus_program
from deploy.local.stores import start_stores
from deploy.local.supervisor import Supervisor
from deploy.migration import migrate_stores
from deploy.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A running system; `settings` hold the addresses in use, also of what was started here."""

    settings: Settings
    ports: Ports


def start_stack(supervisor: Supervisor, settings: Settings, *, workers: int = 1) -> Stack:
    """Start what is not there yet and return when it is ready; raise UserError where a part can't start."""
    ports = choose_ports(settings, workers=workers)
    require_gateway_port(settings, ports.gateway)
    settings = start_stores(supervisor, settings, ports)
    migrate_stores(settings)
    supervisor.start_together(_roles(settings, ports))
    _start_prometheus(supervisor, settings, ports)
    return Stack(settings=settings, ports=ports)


def _roles(settings: Settings, ports: Ports) -> list[Program]:
    workers = [roles.worker(settings, number=number, metrics_port=port) for number, port in enumerate(ports.workers)]
    sinks = [roles.sink(settings, number=number, metrics_port=port) for number, port in enumerate(ports.sinks)]
    return [*workers, *sinks, roles.gateway(settings, port=ports.gateway)]


def _start_prometheus(supervisor: Supervisor, settings: Settings, ports: Ports) -> None:
    program = prometheus_program(
        settings.data_dir / "prometheus",
        port=ports.prometheus,
        jobs={"gateway": [ports.gateway], "worker": ports.workers, "sink": ports.sinks},
        log_file=log_file(settings, "prometheus"),
    )
    if program is not None:
        require_local_ports({"Prometheus": ports.prometheus})
        supervisor.start(program)
