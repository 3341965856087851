"""Ways to tell that a child process is ready."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from deploy.local.child import Child

_PROBE_SECONDS = 1.0


def ready_line(child: Child) -> dict[str, Any] | None:
    """Return the JSON object of the line `{"ready": true, …}` the child printed, or None before it did."""
    for line in child.output().splitlines():
        if line.startswith("{") and '"ready"' in line:
            return _ready_object(line)
    return None


def says_ready(child: Child) -> bool:
    """Tell whether the child printed its JSON ready line."""
    return ready_line(child) is not None


def answers_http(url: str) -> Callable[[Child], bool]:
    """Make a check that asks `url` until it answers with a 2xx status."""

    def answers(_child: Child) -> bool:
        try:
            with urllib.request.urlopen(url, timeout=_PROBE_SECONDS):  # noqa: S310 -- our own loopback URL
                return True
        except (urllib.error.URLError, OSError):
            return False

    return answers


def _ready_object(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None  # the line is still being written
    return found if isinstance(found, dict) and found.get("ready") is True else None
