"""The event that publishes a link of two keys: a record of `identity_link.avsc`."""

from typing import Any

from schemas.report_enums import LinkAction, LinkReason
from schemas.rotation import KeyLink


def rotation_event(link: KeyLink, *, event_time_ms: int, received_at_ms: int) -> dict[str, Any]:
    """Return the record that says that a person's old and new pseudonym are one person; times in UTC milliseconds.

    The fields are in the schema's order. Device 0 says that the gateway found it out.
    """
    return {
        "event_id": link.event_id,
        "subject": link.subject,
        "token_kind": link.kind.name,
        "key_version": link.key_version,
        "other": link.other,
        "other_kind": link.kind.name,
        "other_key_version": link.other_key_version,
        "link_action": LinkAction.LINK.name,
        "link_reason": LinkReason.KEY_ROTATION.name,
        "device_id": 0,
        "event_time": event_time_ms,
        "sent_at": received_at_ms,
        "received_at": received_at_ms,
    }
