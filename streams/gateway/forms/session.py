"""Who enters forms: an operator's token, given once on a page and kept by the browser in a cookie.

Against requests that other sites make a browser send: the cookie is SameSite=Strict, so they come without it, and
what a browser says it sends from another site is refused. Scripts can't read the cookie, and it crosses no network
in the open.
"""

from http import HTTPStatus

from aiohttp import web

from schemas.enums import Role
from streams.gateway.devices import DeviceDirectory
from streams.gateway.entry import require_entry_role
from streams.gateway.problem import Refusal
from streams.gateway.token import device_of

_COOKIE = "entry"
_PATH = "/forms"
# A long working day.
_SECONDS = 12 * 60 * 60
_OURS = frozenset({"same-origin", "none"})


def operator_of(request: web.Request, directory: DeviceDirectory, *, token: str | None = None) -> tuple[int, Role]:
    """Return device and role of `token`, else of the request's header or cookie; raise Refusal (401, 403, 503)."""
    given = request.cookies.get(_COOKIE) if token is None else token
    header = f"Bearer {given}" if given is not None else request.headers.get("Authorization")
    device_id, role = device_of(header, directory)
    require_entry_role(role)
    return device_id, role


def require_own_page(request: web.Request) -> None:
    """Raise Refusal (403) for what the browser sends from another site's page (Fetch Metadata, Sec-Fetch-Site)."""
    if request.headers.get("Sec-Fetch-Site", "none") not in _OURS:
        raise Refusal(HTTPStatus.FORBIDDEN, "A form must be sent from its own page; open it and send it from there.")


def keep(response: web.Response, token: str) -> None:
    """Have the browser keep a token until the working day ends."""
    response.set_cookie(_COOKIE, token, max_age=_SECONDS, path=_PATH, secure=True, httponly=True, samesite="Strict")


def forget(response: web.Response) -> None:
    """Have the browser drop the token."""
    response.del_cookie(_COOKIE, path=_PATH, secure=True, httponly=True, samesite="Strict")
