"""The engine in this process, from its start to its end."""

import threading
from pathlib import Path

# Listening lasts as long as the session that asked for it, so the session must not end: this query counts, ten rows a
# second, until it is killed. It reads no file and no pipe, so the user it runs as needs no such right.
_KEEP_LISTENING = (
    "SELECT count() FROM system.numbers WHERE sleepEachRow(0.1) SETTINGS max_block_size = 1, max_threads = 1"
)
_SCRIPT = f"SYSTEM START LISTEN HTTP; {_KEEP_LISTENING}"

# Ends the session's query and every other, except the inserts: those are waited for.
STOP_QUERY = "KILL QUERY WHERE query_kind != 'Insert' ASYNC"


class Engine(threading.Thread):
    """Run clickhouse-local on `data` with the config.xml of the current directory, as one session that listens.

    One a process. It ends when a client sends STOP_QUERY: no new connections from then on, running inserts finish,
    tables are shut down. `failure` says why it ended, if the engine told us; the rest it writes to stderr.
    """

    def __init__(self, data: Path) -> None:
        """Load the engine without starting it; the current directory must not hold a config.xml yet.

        Importing the module runs a first, empty engine, which would read that file too. It also starts threads, which
        inherit the signal mask: block signals before.
        """
        from chdb import _chdb  # noqa: PLC0415 -- importing it starts an engine, see above

        # A daemon, so that a failing main thread does not hang on it.
        super().__init__(name="clickhouse", daemon=True)
        self.failure = ""
        self._query = _chdb.query  # type: ignore[attr-defined]  # missing in the stub file
        self._data = data

    def run(self) -> None:
        """Stay inside the engine until it ends."""
        self.failure = self._query(_SCRIPT, "TabSeparated", path=str(self._data)).error_message()
