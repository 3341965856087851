"""Records of any schema of ours, references included, for hypothesis."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tests.schemas.samples import values_of

#: What a reference's field doesn't say of itself: texts of a usable length, instants a datetime can hold.
_TEXT = {"maxLength": 80}
_INSTANT = {"minimum": 0, "maximum": 253_402_300_799_999}


def records(schema: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy of the schema's records: plain values within each field's own bounds."""
    return st.fixed_dictionaries({field["name"]: _values(field) for field in schema["fields"]})


def _values(field: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    type_ = field["type"]
    if isinstance(type_, Mapping) and type_["type"] == "array":
        return st.lists(records(type_["items"]), max_size=3)
    is_instant = isinstance(type_, Mapping) and "logicalType" in type_
    return values_of({**_TEXT, **(_INSTANT if is_instant else {}), **field})
