"""Bodies fall into their events; what is no list of events is refused as a whole."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.gateway.formats import avro_events, json_events, ndjson_events
from streams.gateway.problem import Refusal

Splitter = Callable[..., Any]


def _status(split: Splitter, body: bytes, max_events: int = 3) -> int:
    with pytest.raises(Refusal) as refused:
        split(body, max_events=max_events)
    return refused.value.status.value


def _texts(events: Any) -> list[bytes]:
    return [bytes(event) for event in events]


def test_an_array_falls_into_its_items_as_they_were_written() -> None:
    assert _texts(json_events(b' [ {"a": 1} , 5,\n"x"]', max_events=3)) == [b'{"a": 1}', b"5", b'"x"']


def test_an_empty_array_holds_nothing() -> None:
    assert _texts(json_events(b"[]", max_events=3)) == []


def test_a_single_object_is_one_event() -> None:
    assert _texts(json_events(b' {"a": 1}', max_events=3)) == [b' {"a": 1}']


@pytest.mark.parametrize("body", [b"", b"5", b'"x"', b"[1,", b"[1] 2", b"nul", b"[\xff]", b"[NaN]", b"[" * 100_000])
def test_what_is_no_array_is_refused(body: bytes) -> None:
    assert _status(json_events, body) == 400


def test_more_events_than_allowed_are_refused() -> None:
    assert _status(json_events, b"[1,2,3,4]") == 413
    assert _status(ndjson_events, b"1\n2\n3\n4") == 413


def test_an_array_of_a_million_trifles_is_refused_before_it_is_taken_apart() -> None:
    assert _status(json_events, b"[" + b"1," * 1_000_000 + b"1]", max_events=5_000) == 413


@given(items=st.lists(st.dictionaries(st.text(), st.integers()), max_size=5))
def test_lines_and_arrays_hold_the_same_events(items: list[dict[str, int]]) -> None:
    array = json.dumps(items).encode()
    lines = b"".join(json.dumps(item).encode() + b"\r\n" for item in items)

    from_lines = [json.loads(text) for text in _texts(ndjson_events(lines, max_events=5))]

    assert from_lines == [json.loads(text) for text in _texts(json_events(array, max_events=5))] == items


def test_blank_lines_are_no_events() -> None:
    assert _texts(ndjson_events(b"\n\n1\n\n \n2\n\n", max_events=5)) == [b"1", b"2"]


def test_a_broken_container_is_refused() -> None:
    assert _status(avro_events, b"Obj\x01 and no more") == 400
