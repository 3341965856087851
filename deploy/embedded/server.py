"""Serve ClickHouse's HTTP interface from this process."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deploy.embedded.client import OwnClient
from deploy.embedded.configuration import check_user, config_xml, database_sql, users_xml
from deploy.embedded.engine import Engine
from deploy.embedded.startup_login import one_login
from deploy.local.ports import require_free
from deploy.user_error import UserError

_STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})
_START_POLL_SECONDS = 0.02
_END_POLL_SECONDS = 0.2

# A stopping engine waits for its connections, also for idle ones that clients keep open, and after five seconds ends
# the process as if it had failed: we end it before. Running inserts mostly take less; one that doesn't was not
# acknowledged, and its client repeats it.
_STOP_SECONDS = 4.0
# When it begins anew, clients have to wait: less is spent on those that only keep a connection open.
_PAUSE_SECONDS = 1.0


def serve(
    *,
    path: Path,
    host: str,
    http_port: int,
    user: str,
    password: str,
    on_ready: Callable[[], None] | None = None,
) -> None:
    """Run ClickHouse on the data in `path` until SIGTERM or SIGINT; blocks, and takes over the process.

    Call it once a process, from the main thread: it changes the working directory to `path`, waits for signals itself
    and ends the process, with code 0, where clients keep idle connections open at the stop. `http_port` is not 0.
    `on_ready` is called when requests are answered. An acknowledged insert is in the operating system's hands and
    survives the death of the process. On a stop, new connections are refused, running inserts get four seconds to
    finish and other queries are cancelled. When a file of users.d changes, it stops within a second and the process
    begins anew with the command it was started with: the engine reads its users only at its start.

    Raises UserError if the port is taken, if the user or password cannot be served, or if the engine ends by itself
    (another server runs on the same data, for instance).
    """
    check_user(user, password)
    require_free(http_port, purpose="ClickHouse", remedy="choose another port", host=host)
    client = OwnClient(host=host, http_port=http_port, user=user, password=password)
    directory = Path.cwd()
    os.environ["TZ"] = "UTC"  # clickhouse-local takes its time zone from here, not from its configuration
    with _stop_signals_blocked():
        engine = Engine(path.resolve() / "data")
        users = path.resolve() / "users.d"
        with one_login() as login_url:
            _write_files(
                path,
                config=config_xml(host=host, http_port=http_port, login_url=login_url),
                users=users_xml(user=user, password=password),
            )
            os.chdir(path)
            known = _versions(users)
            engine.start()
            ready = _becomes_ready(engine, client)
        if ready and on_ready:
            on_ready()
        again = _run_until_told(engine, users=users, known=known)
        _stop(engine, client, again=again)
    if again:
        _begin_anew(directory)


def _write_files(path: Path, *, config: str, users: str) -> None:
    metadata = path / "data" / "metadata"
    metadata.mkdir(parents=True, exist_ok=True)
    default_database = metadata / "default.sql"
    if not default_database.exists():
        default_database.write_text(database_sql())
    (path / "config.xml").write_text(config)
    users_file = path / "users.xml"
    users_file.touch(mode=0o600)
    users_file.write_text(users)


@contextmanager
def _stop_signals_blocked() -> Iterator[None]:
    # Blocked in this thread and in all it starts, so that only we see them: the engine installs handlers of its own.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _becomes_ready(engine: Engine, client: OwnClient) -> bool:
    while engine.is_alive():
        if client.pings():
            return True
        engine.join(_START_POLL_SECONDS)
    return False


def _run_until_told(engine: Engine, *, users: Path, known: list[tuple[str, int]]) -> bool:
    """Return False after a stop signal, True if files of users are not the known ones."""
    # Not sigtimedwait: a process that was paused for longer than its time-out gets a signal from it that nobody sent
    # (CPython 3.11 returns an unset siginfo when EINTR comes after the deadline).
    while not signal.sigpending() & _STOP_SIGNALS:
        engine.join(_END_POLL_SECONDS)
        if not engine.is_alive():
            reason = engine.failure or "its last words are above"
            raise UserError(
                f"ClickHouse ended by itself ({reason}); see server.log beside its data, and start it again."
            )
        if _versions(users) != known:
            return True
    signal.sigwait(_STOP_SIGNALS)  # still pending, it would end us when signals are let through again
    return False


def _versions(users: Path) -> list[tuple[str, int]]:
    """Return name and time of the files the engine reads there, in nanoseconds."""
    try:
        return sorted((file.name, file.stat().st_mtime_ns) for file in users.glob("[!.]*.xml"))
    except FileNotFoundError:  # replaced while we looked
        return []


def _begin_anew(directory: Path) -> None:
    # The engine's connections must not live on in the next one: nobody there would answer what clients send over them.
    for descriptor in (int(entry.name) for entry in Path("/proc/self/fd").iterdir()):
        if descriptor > 2:
            with suppress(OSError):  # closed meanwhile
                os.set_inheritable(descriptor, False)
    os.chdir(directory)
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606 -- the command this process was started with


def _stop(engine: Engine, client: OwnClient, *, again: bool) -> None:
    deadline = time.monotonic() + (_PAUSE_SECONDS if again else _STOP_SECONDS)
    heard = False
    while engine.is_alive() and time.monotonic() < deadline:
        heard = heard or client.stop()
        engine.join(_END_POLL_SECONDS)
    if engine.is_alive() and not again:
        os._exit(0)  # the interpreter's own way out would free the engine's memory under its running threads
