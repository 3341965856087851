"""Break messages on purpose: bytes that are no event, and keys that are not the event's subject."""

import random
from collections.abc import Callable

from loadtest.timeline import Defect
from schemas.kinds import Feed
from schemas.wire import HEADER_BYTES, header

Key = bytes | None
Value = bytes | None

_UNKNOWN_SCHEMA = 65_535
#: Bytes from the start of a message to its first enumeration: the header, scan id and subject.
_FIRST_ENUM = HEADER_BYTES + 32


def break_message(defect: Defect, *, feed: Feed, key: bytes, value: bytes, seed: int) -> tuple[Key, Value]:
    """Return key and value with `defect`; the same seed breaks the same way. Defects of fields change nothing here."""
    chance = random.Random(seed)  # noqa: S311 -- reproducible noise, nothing secret
    if defect in _KEYS:
        return _KEYS[defect](key, chance), value
    if defect in _VALUES:
        return key, _VALUES[defect](feed, value, chance)
    return key, value


def _other_key(_key: bytes, chance: random.Random) -> Key:
    return chance.randbytes(16)


def _no_key(_key: bytes, _chance: random.Random) -> Key:
    return None


def _short_key(key: bytes, chance: random.Random) -> Key:
    return key[: chance.randrange(0, 16)]


def _empty(_feed: Feed, _value: bytes, _chance: random.Random) -> Value:
    return b""


def _tombstone(_feed: Feed, _value: bytes, _chance: random.Random) -> Value:
    return None


def _bad_magic(_feed: Feed, value: bytes, chance: random.Random) -> Value:
    return bytes([chance.randrange(1, 256)]) + value[1:]


def _unknown_schema(_feed: Feed, value: bytes, chance: random.Random) -> Value:
    return header(_UNKNOWN_SCHEMA + chance.randrange(1_000)) + value[HEADER_BYTES:]


def _truncated(_feed: Feed, value: bytes, chance: random.Random) -> Value:
    return value[: chance.randrange(1, len(value))]


def _trailing(_feed: Feed, value: bytes, chance: random.Random) -> Value:
    return value + chance.randbytes(chance.randrange(1, 40))


def _out_of_range(_feed: Feed, value: bytes, chance: random.Random) -> Value:
    """Put an enumeration symbol nobody knows, or a varint that never ends, where the first enumeration is."""
    wrong = chance.choice([b"\x7e", b"\x01", b"\xff" * 9 + b"\x7f"])
    return value[:_FIRST_ENUM] + wrong + value[_FIRST_ENUM + 1 :]


def _noise(_feed: Feed, _value: bytes, chance: random.Random) -> Value:
    return chance.randbytes(chance.randrange(1, 200))


def _noise_body(feed: Feed, _value: bytes, chance: random.Random) -> Value:
    return header(feed.schema_id) + chance.randbytes(chance.randrange(0, 200))


_KEYS: dict[Defect, Callable[[bytes, random.Random], Key]] = {
    Defect.OTHER_KEY: _other_key,
    Defect.NO_KEY: _no_key,
    Defect.SHORT_KEY: _short_key,
}
_VALUES: dict[Defect, Callable[[Feed, bytes, random.Random], Value]] = {
    Defect.EMPTY: _empty,
    Defect.TOMBSTONE: _tombstone,
    Defect.BAD_MAGIC: _bad_magic,
    Defect.UNKNOWN_SCHEMA: _unknown_schema,
    Defect.TRUNCATED: _truncated,
    Defect.TRAILING: _trailing,
    Defect.OUT_OF_RANGE: _out_of_range,
    Defect.NOISE: _noise,
    Defect.NOISE_BODY: _noise_body,
}
