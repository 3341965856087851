"""A server of these tests: a process with a named user and a password, and plain HTTP requests to it."""

import http.client
import sys
import urllib.parse
from base64 import b64encode
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.child import Child, Program
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.readiness import says_ready

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


class RunningServer:
    """One `python -m deploy.embedded`, reached by the named user unless said otherwise."""

    def __init__(self, directory: Path, *, credentials: tuple[str, str] = NAMED_USER) -> None:
        """Choose a port; `start` starts the process."""
        self.port = free_ports(1)[0]
        self.user, self.password = credentials
        self._directory = directory

    def start(self) -> "RunningServer":
        """Start on the same data and port as before and return when it is ready."""
        self.child = self.spawn(self.port)
        self.child.wait_ready()
        return self

    def spawn(self, port: int) -> Child:
        """Start a process on this data without waiting for it."""
        path = self._directory / "clickhouse"
        arguments = [sys.executable, "-m", "deploy.embedded", "--path", str(path), "--port", str(port)]
        credentials = {"SCANSTREAM_CLICKHOUSE_USER": self.user, "SCANSTREAM_CLICKHOUSE_PASSWORD": self.password}
        log_file = self._directory / f"output-{port}.log"
        program = Program(
            name="clickhouse", arguments=arguments, log_file=log_file, ready=says_ready, environment=credentials
        )
        return Child(program)

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
