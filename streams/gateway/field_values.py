"""Turn a JSON field's text into the value its Avro field holds."""

from datetime import UTC, datetime, timedelta

from streams.gateway.outcome import Unacceptable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DASHES_AT = slice(8, 24, 5)
_ZEROS = bytes(16)


def sixteen_bytes(text: str, *, field: str) -> bytes:
    """Return the bytes of a UUID in its usual form, or of 32 hexadecimal digits; raise Unacceptable."""
    digits = text
    if len(text) == 36 and text[_DASHES_AT] == "----":
        digits = text.replace("-", "")
    try:
        value = bytes.fromhex(digits)
    except ValueError:
        value = b""
    # Fewer bytes than digits come of the blanks that `fromhex` skips.
    if len(digits) != 32 or len(value) != 16:
        raise Unacceptable(f"{field} must be a UUID or 32 hexadecimal digits")
    return value


def sixteen_nonzero_bytes(text: str, *, field: str) -> bytes:
    """Return the bytes as `sixteen_bytes` does, but raise Unacceptable if all are zero."""
    value = sixteen_bytes(text, field=field)
    if value == _ZEROS:
        raise Unacceptable(f"{field} must not be all zeros")
    return value


def milliseconds(time: datetime | int, *, field: str) -> int:
    """Return a time as milliseconds since 1970; raise Unacceptable for one before that."""
    if isinstance(time, int):
        return time
    result = (time - _EPOCH) // _MILLISECOND
    if result < 0:
        raise Unacceptable(f"{field} must not be before 1970")
    return result
