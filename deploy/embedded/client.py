"""The two requests the server makes to itself: is it there, and stop."""

import http.client
from base64 import b64encode
from contextlib import closing

from deploy.embedded.engine import STOP_QUERY

_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- compared with, not bound
_TIMEOUT_SECONDS = 2.0


class OwnClient:
    """Speaks to the server of this process as its administrator. No method raises when the server isn't there."""

    def __init__(self, *, host: str, http_port: int, user: str, password: str) -> None:
        """Prepare without connecting; a server on all addresses is reached by loopback."""
        self._address = (_ANY_ADDRESS.get(host, host), http_port)
        encoded = b64encode(f"{user}:{password}".encode()).decode()
        self._credentials = {"Authorization": f"Basic {encoded}"}

    def pings(self) -> bool:
        """Tell whether the server answers."""
        return self._request("GET", "/ping", "")

    def stop(self) -> bool:
        """Ask the server to stop; tell whether it heard."""
        return self._request("POST", "/", STOP_QUERY)

    def _request(self, method: str, path: str, body: str) -> bool:
        with closing(http.client.HTTPConnection(*self._address, timeout=_TIMEOUT_SECONDS)) as connection:
            try:
                connection.request(method, path, body=body, headers=self._credentials)
                return connection.getresponse().status == http.client.OK
            except (OSError, http.client.HTTPException):
                return False
