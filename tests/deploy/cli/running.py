"""Run `scanstream` as a person does, in a process of its own, and look at how it explains itself."""

import os
import subprocess
import sys
from pathlib import Path

#: Loopback ports nothing of ours listens on.
NOWHERE = {"SCANSTREAM_KAFKA": "127.0.0.1:1", "SCANSTREAM_CLICKHOUSE_URL": "http://127.0.0.1:1"}


def run(*arguments: str, directory: Path, code: str = "", **environment: str) -> str:
    """Run a command that must fail with code 2, and return its last line; a traceback is never right.

    Its data go to `directory`, its ports are free ones unless `environment` says otherwise. `code` runs the command
    line in another way than `scanstream` does.
    """
    own = {"SCANSTREAM_DATA_DIR": str(directory), "SCANSTREAM_PORT_BASE": "0", "SCANSTREAM_GATEWAY_PORT": "0"}
    ended = subprocess.run(
        [sys.executable, *(["-c", code] if code else ["-m", "deploy.cli"]), *arguments],
        env={**os.environ, **own, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr.splitlines()[-1]
