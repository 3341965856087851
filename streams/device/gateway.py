"""The way to the gateway: POST over HTTP or HTTPS on a connection that is kept."""

from collections.abc import Callable
from typing import TypeAlias

import urllib3

from streams.device.answer import Reply

# The gateway gives up on Kafka after 10 s and then answers.
_TIMEOUT = urllib3.Timeout(connect=3.0, read=15.0)
_MOST_ANSWER_BYTES = 4 * 1024 * 1024


class Unreachable(Exception):
    """No answer came; whether the gateway has the scans is not known. The text says why."""


#: Sends a body of JSON events and returns the answer; raises Unreachable.
Post: TypeAlias = Callable[[bytes], Reply]


class Gateway:
    """One gateway, spoken to with one device's token. Threads may share it."""

    def __init__(self, url: str, *, token: str) -> None:
        """Take the address, as ``https://host:port``, without connecting yet."""
        self._pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=False, maxsize=2)
        self._url = url.rstrip("/") + "/v1/scans"
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def post(self, body: bytes) -> Reply:
        """Send events; see `Post`. Nothing is repeated and no redirection followed: the token is for this address."""
        try:
            answer = self._pool.request(
                "POST", self._url, body=body, headers=self._headers, redirect=False, preload_content=False
            )
            content = answer.read(_MOST_ANSWER_BYTES)
            # Whatever is longer is no gateway's answer: its rest isn't wanted.
            answer.release_conn() if len(content) < _MOST_ANSWER_BYTES else answer.close()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unreachable(f"the gateway can't be reached ({type(error).__name__})") from error
        return Reply(status=answer.status, body=content, retry_after=answer.headers.get("Retry-After"))

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()
