"""Our own processes as programs: `scanstream worker` and the like, each with exactly our settings."""

import sys
from dataclasses import replace

from deploy.access.tls import has_certificate
from deploy.local.child import Program
from deploy.local.layout import log_file
from deploy.local.ports import LOOPBACK
from deploy.local.readiness import says_ready
from deploy.settings import Settings

# A worker first compiles its kernels where no cache of them exists, and then replays the tail of its landing log.
_READY_SECONDS = 120.0


def gateway(settings: Settings) -> Program:
    """Return the gateway; `settings` hold the addresses in use."""
    return _role(settings, "gateway", "gateway")


def worker(settings: Settings, *, number: int, metrics_port: int) -> Program:
    """Return worker `number`; `settings` hold the addresses in use."""
    name = "worker" if number == 0 else f"worker-{number}"
    return _role(settings, name, "worker", "--metrics-port", str(metrics_port))


def sink(settings: Settings, *, number: int, metrics_port: int) -> Program:
    """Return sink `number`; `settings` hold the addresses in use."""
    name = "sink" if number == 0 else f"sink-{number}"
    return _role(settings, name, "sink", "--metrics-port", str(metrics_port), "--instance", name)


def watch(settings: Settings, *, metrics_port: int) -> Program:
    """Return the watch; `settings` hold the addresses in use."""
    return _role(settings, "watch", "watch", "--metrics-port", str(metrics_port))


def door(settings: Settings, *, port: int) -> Program:
    """Return the door to the embedded ClickHouse, which listens on this machine only where it has no certificate."""
    return _role(replace(settings, listen_host=_door_host(settings)), "door", "access", "serve", "--port", str(port))


def door_url(settings: Settings, *, port: int) -> str:
    """Return where the door answers once it runs."""
    return f"{'https' if has_certificate(settings) else 'http'}://{_door_host(settings)}:{port}"


def _door_host(settings: Settings) -> str:
    return settings.listen_host if has_certificate(settings) else LOOPBACK


def _role(settings: Settings, name: str, *arguments: str) -> Program:
    return Program(
        name=name,
        arguments=[sys.executable, "-m", "deploy.cli", *arguments],
        log_file=log_file(settings, name),
        ready=says_ready,
        ready_seconds=_READY_SECONDS,
        environment=settings.environment(),
    )
