"""Who may enter forms."""

from dataclasses import replace
from datetime import UTC, datetime

from schemas.enums import Role
from schemas.key_ring import KeyRing, Secret
from schemas.pseudonym import PseudonymKey
from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.entry import entry_key
from tests.streams.gateway.samples import AUTHORIZED, DEVICE_ID, KEY, TOKEN_SHA256
from tests.streams.gateway.server import Client, Reply, config


async def _asked(client: Client) -> Reply:
    async with client.session.get(f"{client.url}/v1/entry", headers=AUTHORIZED) as response:
        return Reply(response.status, response.headers, await response.json(content_type=None))


async def test_an_operator_is_told_the_key_and_a_scanner_what_to_do(
    client: Client, directory: InMemoryDeviceDirectory
) -> None:
    refused = await _asked(client)
    assert refused.status == 403
    assert refused.body["detail"] == (
        "A credential of role SCANNER may not enter forms; use an operator's, made by "
        "`scanstream devices enrol --role OPERATOR`."
    )
    directory.enrol(DEVICE_ID, TOKEN_SHA256, Role.OPERATOR)
    taken = await _asked(client)
    assert taken.body == {"device_id": DEVICE_ID, "role": "OPERATOR", "id_key": entry_key(config()).hex()}
    directory.revoke(DEVICE_ID)
    assert (await _asked(client)).status == 401


def test_a_rotation_leaves_the_key_as_it_was() -> None:
    before = config()
    secrets = tuple(
        Secret(version=version, value=value, made_at=datetime(2021, 1, 1, tzinfo=UTC))
        for version, value in ((KEY.version, KEY.secret), (9, bytes(32)))
    )
    after = replace(before, pseudonym_key=PseudonymKey(9, bytes(32)), rotated_keys=KeyRing(secrets))
    assert entry_key(after) == entry_key(before)
    assert entry_key(before) != KEY.secret
