"""Ask the gateway whose credential a token is, before anything is read or sent."""

from typing import Literal

import msgspec
import urllib3

from deploy.user_error import UserError
from schemas.enums import Role

_TIMEOUT = urllib3.Timeout(connect=3.0, read=15.0)


class _Answer(msgspec.Struct):
    device_id: int
    role: Literal["OPERATOR", "HEALTH", "AUTHORITY"]
    id_key: str


class _Problem(msgspec.Struct):
    detail: str


class Credential(msgspec.Struct, frozen=True):
    """A credential that may enter forms; `id_key` makes identities out of rows, and never shows."""

    device_id: int
    role: Role
    id_key: bytes

    def __repr__(self) -> str:
        return f"Credential(device_id={self.device_id}, role={self.role.name}, …)"


def credential_of(gateway: str, token: str) -> Credential:
    """Return what the gateway knows of a token; raise UserError if it isn't there or the token may not enter forms."""
    try:
        answer = urllib3.request(
            "GET",
            gateway.rstrip("/") + "/v1/entry",
            headers={"Authorization": f"Bearer {token}"},
            redirect=False,
            retries=False,
            timeout=_TIMEOUT,
        )
    except urllib3.exceptions.HTTPError as error:
        raise UserError(
            f"Nothing was sent: the gateway can't be reached at {gateway} ({type(error).__name__}); correct --gateway."
        ) from None
    if answer.status != 200:
        raise UserError(f"Nothing was sent: {_detail(answer.data, answer.status)}")
    try:
        found = msgspec.json.decode(answer.data, type=_Answer)
        return Credential(found.device_id, Role[found.role], bytes.fromhex(found.id_key))
    except (msgspec.DecodeError, ValueError):
        raise UserError(f"Nothing was sent: what answers at {gateway} is no gateway; correct --gateway.") from None


def _detail(body: bytes, status: int) -> str:
    try:
        return msgspec.json.decode(body, type=_Problem).detail
    except (msgspec.DecodeError, UnicodeDecodeError):
        return f"what answers (HTTP {status}) is no gateway of this version; correct --gateway."
