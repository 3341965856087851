"""Wait until the embedded engine knows somebody, and have views read as they should."""

import time
from collections.abc import Callable
from contextlib import suppress

from deploy.clickhouse import clickhouse_client
from deploy.local.stores import check_clickhouse
from deploy.settings import Settings
from deploy.user_error import UserError
from sinks.access.owner_views import read_as_owner

_PATIENCE_SECONDS = 30.0
_STEP_SECONDS = 0.1
_KNOWN = "SELECT count() FROM system.users WHERE name = {name:String}"


def answers(url: str) -> bool:
    """Tell whether a ClickHouse answers there."""
    try:
        check_clickhouse(url)
    except UserError:
        return False
    return True


def await_user(
    settings: Settings,
    name: str,
    *,
    known: bool,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Return True once the engine at `clickhouse_url` knows the user, or no longer does; False after half a minute.

    While it begins anew it answers nobody.
    """
    deadline = clock() + _PATIENCE_SECONDS
    while clock() < deadline:
        with suppress(UserError), clickhouse_client(settings) as client:
            if client.command(_KNOWN, parameters={"name": name}) == int(known):
                read_as_owner(client)
                return True
        sleep(_STEP_SECONDS)
    return False
