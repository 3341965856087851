"""The gateway's way to the vault: contact details sealed under the person's own key, in ClickHouse."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from deploy.keys import key_ring, vault_keys
from deploy.settings import Settings
from deploy.wiring import sink_config
from schemas.vault import CannotOpen, Details
from sinks.clickhouse_writer import connect
from sinks.vault.clickhouse_store import ClickHouseVaultStore
from sinks.vault.contacts import ContactVault

#: As many as the vault takes at a time.
_AT_ONCE = 1_000
#: A request's answer waits for it, and the gateway gives up after as long.
_REQUEST_SECONDS = 10
_LOG = logging.getLogger(__name__)


class VaultContacts:
    """The gateway's `ContactStore`. Connects when details come first, so that the gateway starts without ClickHouse."""

    def __init__(self, connect: Callable[[], ContactVault]) -> None:
        """Take how to get at the vault; it may raise while that is away, and is called again then."""
        self._connect = connect
        self._vault: ContactVault | None = None

    def keep(self, details: Sequence[Details]) -> list[bool]:
        vault = self._vault = self._vault or self._connect()
        parts = (details[start : start + _AT_ONCE] for start in range(0, len(details), _AT_ONCE))
        return [is_kept for part in parts for is_kept in _sealed(vault, part)]


def _sealed(vault: ContactVault, details: Sequence[Details]) -> list[bool]:
    """Seal details; where somebody's key does not open, one by one, so that only theirs are not kept."""
    try:
        vault.seal(details)
    except CannotOpen as problem:
        if len(details) > 1:
            return [is_kept for it in details for is_kept in _sealed(vault, [it])]
        _LOG.error("the contact details of a person can't be sealed: %s", problem)
        return [False]
    return [True] * len(details)


def contact_store(settings: Settings) -> VaultContacts:
    """Return the store of an installation. Raises UserError for master keys that can't be used."""
    masters = key_ring(vault_keys(settings))

    def vault() -> ContactVault:
        client = connect(replace(sink_config(settings, metrics_port=0), request_timeout_seconds=_REQUEST_SECONDS))
        client.database = settings.clickhouse_database
        return ContactVault(ClickHouseVaultStore(client), masters, now=lambda: datetime.now(UTC))

    return VaultContacts(vault)
