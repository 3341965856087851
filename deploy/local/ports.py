"""Pick free loopback ports and explain taken ones."""

import errno
import random
import socket
from contextlib import ExitStack, closing

from deploy.user_error import UserError

LOOPBACK = "127.0.0.1"

# Below Linux's ephemeral range (32768 and up): a client that keeps reconnecting to a port inside that range while
# its server is down can be given the very port as its own source and connect to itself, which blocks the restart.
_FIRST_PORT, _LAST_PORT = 20_000, 32_000


def is_free(port: int, *, host: str = LOOPBACK) -> bool:
    """Tell whether a server could listen on `port` now. Somebody else may take it a moment later."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        return _bind(probe, host, port) is None


def listens(port: int, *, host: str = LOOPBACK) -> bool:
    """Tell whether something accepts connections on `port`."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def free_ports(count: int, *, host: str = LOOPBACK) -> list[int]:
    """Return `count` different ports that were free at the same moment, outside the ephemeral range."""
    with ExitStack() as held:
        found: list[int] = []
        while len(found) < count:
            probe = held.enter_context(closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)))
            port = random.randrange(_FIRST_PORT, _LAST_PORT)  # noqa: S311 -- nothing secret about a port
            if port not in found and _bind(probe, host, port) is None:
                found.append(port)
        return found


def require_free(port: int, *, purpose: str, remedy: str, host: str = LOOPBACK) -> None:
    """Raise UserError if `port` is taken or can't be listened on; `remedy` says in words how to choose another."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        problem = _bind(probe, host, port)
    if problem is None:
        return
    if problem.errno == errno.EADDRINUSE:
        raise UserError(f"Port {port} for {purpose} is taken; stop what listens there, or {remedy}.")
    raise UserError(
        f"Nothing can listen on {host}, port {port}, for {purpose} ({problem.strerror}); set SCANSTREAM_LISTEN_HOST to "
        f"an address of this machine, or {remedy}."
    )


def _bind(probe: socket.socket, host: str, port: int) -> OSError | None:
    # As servers do: a port in TIME_WAIT after a restart counts as free.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((host, port))
    except OSError as problem:
        return problem
    return None
