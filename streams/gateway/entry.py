"""``GET /v1/entry``: who may enter what others wrote on paper or said, and the key that numbers such entries."""

import hashlib
import hmac
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from schemas.enums import Role
from streams.gateway.config import GatewayConfig
from streams.gateway.devices import DeviceDirectory
from streams.gateway.problem import Refusal
from streams.gateway.token import device_of

#: Whose credentials are those of people. A gate's scanner or a kiosk has no paper to enter.
ENTRY_ROLES = frozenset({Role.OPERATOR, Role.HEALTH, Role.AUTHORITY})
# Without a zero byte, so it is no text that a pseudonym is made of.
_PURPOSE = b"numbers of entered forms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The endpoint."""

    config: GatewayConfig
    directory: DeviceDirectory

    async def get(self, request: web.Request) -> web.Response:
        """Answer with the credential's device and role, and the key; raise Refusal (401, 403, 503)."""
        device_id, role = device_of(request.headers.get("Authorization"), self.directory)
        require_entry_role(role)
        answer = {"device_id": device_id, "role": role.name, "id_key": entry_key(self.config).hex()}
        return web.json_response(answer, headers={"Cache-Control": "no-store"})


def require_entry_role(role: Role) -> None:
    """Raise Refusal (403) for a role that enters no forms."""
    if role not in ENTRY_ROLES:
        detail = (
            f"A credential of role {role.name} may not enter forms; use an operator's, made by "
            "`scanstream devices enrol --role OPERATOR`."
        )
        raise Refusal(HTTPStatus.FORBIDDEN, detail)


def entry_key(config: GatewayConfig) -> bytes:
    """Return the key under which a row's content becomes its event's identity: 32 bytes, the same for all operators.

    Keyed, for a plain hash of a row would let whoever sees the identity try out the number in it. Made of the oldest
    secret there is, so that a rotation leaves identities as they are.
    """
    ring = config.rotated_keys
    secret = ring.secrets[0].value if ring is not None else config.pseudonym_key.secret
    return hmac.digest(secret, _PURPOSE, hashlib.sha256)
