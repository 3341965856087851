"""Check a request's device token."""

import hashlib
import hmac
import re
from http import HTTPStatus

from schemas.enums import Role
from streams.gateway.devices import Credential, DeviceDirectory
from streams.gateway.problem import Refusal, unavailable

_BEARER = re.compile(r"Bearer +((\d{1,10})\.[A-Za-z0-9._~+/=-]{1,200})", re.ASCII | re.IGNORECASE)
_NOBODY = Credential(bytes(32), Role.SCANNER)


def device_of(authorization: str | None, directory: DeviceDirectory) -> tuple[int, Role]:
    """Return the device a request's Authorization header proves, and its role: ``Bearer <device_id>.<secret>``.

    The whole token, `<device_id>.<secret>`, is what is hashed. Raise Refusal: 401 without a valid token, 503 while the
    directory isn't loaded. Unknown, revoked and wrong look the same to the client, and take the same time.
    """
    found = _BEARER.fullmatch(authorization or "")
    if found is None:
        raise _unauthorised("Send the device's token: Authorization: Bearer <device_id>.<secret>.")
    if not directory.loaded:
        raise unavailable("The gateway is still loading the devices; send the request again in a moment.")
    device_id = int(found[2])
    expected = directory.credential(device_id) or _NOBODY
    actual = hashlib.sha256(found[1].encode("ascii")).digest()
    if not hmac.compare_digest(actual, expected.token_sha256):
        raise _unauthorised("The device's token is not valid; enrol the device again.")
    return device_id, expected.role


def _unauthorised(detail: str) -> Refusal:
    return Refusal(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": "Bearer"})
