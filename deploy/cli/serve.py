"""Run one server for as long as somebody wants it: what `scanstream kafka` and `scanstream clickhouse` share."""

from deploy.cli.progress import say
from deploy.local.server import Server
from deploy.local.supervisor import Supervisor


def serve_until_stopped(server: Server, *, name: str) -> None:
    """Start `server`, say where it answers, and return after Ctrl-C; raise UserError if it ends by itself."""
    with Supervisor(say=say) as supervisor:
        supervisor.start(server.program())
        say(f"{name} answers at {server.address}; Ctrl-C stops it.")
        supervisor.watch()
