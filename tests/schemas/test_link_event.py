"""A link of two keys is a record its schema takes, and resolves to one person when it is read again."""

import io
from datetime import UTC, datetime

import fastavro

from schemas.enums import TokenKind
from schemas.key_ring import KeyRing, Secret
from schemas.kinds import avro_schema
from schemas.link_event import rotation_event
from schemas.rotation import pseudonymise

_NOW = datetime(2021, 9, 1, tzinfo=UTC)
_RING = KeyRing((Secret(version=1, value=b"o" * 32), Secret(version=2, value=b"n" * 32, made_at=_NOW)))


def test_what_is_published_is_read_as_the_link_it_was_made_from() -> None:
    (link,) = pseudonymise(_RING, kind=TokenKind.BHYT, identity="1", now=_NOW).links
    record = rotation_event(link, event_time_ms=1_630_000_000_000, received_at_ms=1_630_000_001_000)
    schema = fastavro.parse_schema(avro_schema("identity_link.avsc"))
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, schema, record)
    buffer.seek(0)
    read = fastavro.schemaless_reader(buffer, schema, schema)
    assert (read["subject"], read["key_version"], read["token_kind"]) == (link.subject, 2, "BHYT")
    assert (read["other"], read["other_key_version"], read["other_kind"]) == (link.other, 1, "BHYT")
    assert (read["link_action"], read["link_reason"], read["event_id"]) == ("LINK", "KEY_ROTATION", link.event_id)


def test_a_record_names_every_field_of_the_schema_in_its_order() -> None:
    (link,) = pseudonymise(_RING, kind=TokenKind.CCCD, identity="1", now=_NOW).links
    names = [field["name"] for field in avro_schema("identity_link.avsc")["fields"]]
    assert list(rotation_event(link, event_time_ms=1, received_at_ms=2)) == names
