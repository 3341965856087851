"""A server of these tests: a process with a named user and a password, and plain HTTP requests to it."""

import http.client
import urllib.parse
from base64 import b64encode
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.clickhouse import EmbeddedClickHouse
from deploy.local.ports import LOOPBACK

NAMED_USER = ("keeper", "open sesame é")


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers by lower-case name, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode()


class RunningServer(EmbeddedClickHouse):
    """The launcher's server with plain HTTP requests to it, sent by its user unless said otherwise."""

    def __init__(self, directory: Path, *, credentials: tuple[str, str] = NAMED_USER, port: int = 0) -> None:
        """Choose a port; `start` starts the process."""
        user, password = credentials
        super().__init__(directory, port=port, user=user, password=password, log_file=directory / f"{port}.log")

    def connection(self) -> "closing[http.client.HTTPConnection]":
        """Return a keep-alive connection as a context manager."""
        return closing(http.client.HTTPConnection(LOOPBACK, self.port, timeout=30))

    def request(
        self,
        method: str,
        path: str = "/",
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **parameters: Any,
    ) -> Answer:
        """Send one request with the credentials of the named user (as basic auth) and URL parameters."""
        with self.connection() as connection:
            return send(
                connection, method, path, body=body, headers={**self.authorization, **(headers or {})}, **parameters
            )

    @property
    def authorization(self) -> dict[str, str]:
        """Return the basic auth header of the named user."""
        return basic_auth(self.user, self.password)

    def query(self, query: str, **parameters: Any) -> str:
        """Run a query by POST and return its TabSeparated answer without the last newline; fail on an error."""
        with self.connection() as connection:
            answer = send(connection, "POST", body=query.encode(), headers=self.authorization, **parameters)
        assert answer.status == http.client.OK, answer.text
        return answer.text.removesuffix("\n")


def send(
    connection: http.client.HTTPConnection,
    method: str,
    path: str = "/",
    *,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    **parameters: Any,
) -> Answer:
    """Send one request on an open connection and read its answer to the end."""
    target = f"{path}?{urllib.parse.urlencode(parameters)}" if parameters else path
    connection.request(method, target, body=body, headers=dict(headers or {}))
    response = connection.getresponse()
    content = response.read()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)


def basic_auth(user: str, password: str) -> dict[str, str]:
    """Return the header of basic authentication."""
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}
