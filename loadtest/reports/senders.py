"""Who sends reports in a simulation: one enrolled device of each role."""

import hashlib
from collections.abc import Iterator

from schemas.enums import Role
from schemas.kinds import DEVICES, Feed, Reference
from schemas.wire import encode

#: Above any scanner of a fleet.
_FIRST_DEVICE = 2_000_000_000


def sender_of(feed: Feed) -> Role:
    """Return the role that sends the feed's reports: of those that may, the one with the most to say."""
    return max(feed.senders)


def sender_token(seed: int, role: Role) -> str:
    """Return the token of a role's device."""
    device_id = _FIRST_DEVICE + role
    return f"{device_id}.{hashlib.sha256(f'{seed}:{device_id}'.encode()).hexdigest()[:32]}"


def sender_messages(seed: int, *, updated_ms: int) -> Iterator[tuple[Reference, bytes, bytes]]:
    """Yield kind, key and value of each role's device, for the reference topic."""
    for role in Role:
        device_id = _FIRST_DEVICE + role
        state = {
            "device_id": device_id,
            "place_id": 0,
            "label": role.name.lower(),
            "token_sha256": hashlib.sha256(sender_token(seed, role).encode()).digest(),
            "revoked": False,
            "updated_at": updated_ms,
            "role": role.name,
        }
        yield DEVICES, b"%d" % device_id, encode(DEVICES, state)
