"""Keys of things that are no person: what a report on a place, a device or an area has as its subject."""

_TAG_BYTES = 8


def entity_key(field: str, value: int) -> bytes:
    """Return the key of the entity that `field` numbers `value`: the field's name, cut to 8 bytes, then the number.

    All reports on one entity have one key, so they are in one partition, in order. 16 bytes, never a person's
    pseudonym: those are random, and one that begins with a field's name does not occur.
    """
    return field.encode()[:_TAG_BYTES].ljust(_TAG_BYTES, b"\0") + value.to_bytes(_TAG_BYTES, "big")
