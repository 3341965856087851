"""What a browser does with forms: show them, keep a cookie, send what was entered. It follows no redirection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from tests.streams.gateway.samples import TOKEN
from tests.streams.gateway.server import Client, Reply

_VOID = {"meta", "input", "link", "br"}


@dataclass
class Page(HTMLParser):
    """A page's elements in order, with their attributes; fails if one isn't closed where it must be."""

    text: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), attrs
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def all(self, *tags: str) -> list[dict[str, str]]:
        """Return the attributes of the elements of these kinds."""
        return [attributes for tag, attributes in self.elements if tag in tags]


@dataclass
class Browser:
    """A browser at one gateway."""

    client: Client
    cookie: str = ""

    async def get(self, path: str) -> Reply:
        """Open a page."""
        return await self._ask("GET", path)

    async def post(self, path: str, entered: Mapping[str, Any], **headers: str) -> Reply:
        """Send a form."""
        body = urlencode(entered, doseq=True)
        return await self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", **headers})

    async def log_in(self, token: str = TOKEN) -> Reply:
        """Log in, and keep the cookie."""
        reply = await self.post("/forms/login", {"token": token})
        self.cookie = reply.headers.get("Set-Cookie", "").partition(";")[0]
        return reply

    async def _ask(self, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None) -> Reply:
        own = {"Cookie": self.cookie, **(headers or {})}
        async with self.client.session.request(
            method, self.client.url + path, data=body.encode() or None, headers=own, allow_redirects=False
        ) as response:
            return Reply(response.status, response.headers, await response.text())
