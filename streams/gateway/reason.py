"""Say why an event doesn't fit its type, without quoting what was sent: it may hold a person's number."""

import re

from schemas.kinds import FEEDS, Feed
from streams.gateway.event_type import Identity, symbols_of

_AT = re.compile(r"^(?P<problem>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?$", re.DOTALL)
# Every other message of msgspec is replaced, for some quote the value.
_QUOTES_NOTHING = ("Expected ", "Invalid RFC3339 encoded datetime")
_MISSING = "Object missing required field "
_NOT_JSON = "the event is not valid JSON"
IDENTITY_KINDS: tuple[str, ...] = Identity.__annotations__["kind"].__args__


def reason_of(error: Exception, feed: Feed) -> str:
    """Return the reason for a msgspec error (or RecursionError, UnicodeDecodeError) over an event of `feed`."""
    found = _AT.match(str(error))
    problem, path = (found["problem"], found["path"] or "") if found else ("", "")
    if problem.startswith(_MISSING):
        return f"{path and path + '.'}{problem.removeprefix(_MISSING).strip('`')} is missing"
    allowed = _allowed(path, feed)
    if allowed:
        return f"{path} must be one of {', '.join(allowed)}"
    if not problem.startswith(_QUOTES_NOTHING):
        return _NOT_JSON if not path else f"{path} is not valid"
    plain = problem[0].lower() + problem[1:].replace("`", "")
    return f"{path}: {plain}" if path else plain


def _allowed(path: str, feed: Feed) -> tuple[str, ...]:
    if path == "feed":
        return tuple(known.name for known in FEEDS)
    if path == "identity.kind":
        return IDENTITY_KINDS
    return symbols_of(feed, path)
