"""Lines as scanners type them, whole or in pieces, until the end or a stop."""

import os
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.device.lines import Lines


def _read(*chunks: bytes) -> list[str]:
    reading, writing = os.pipe()
    lines = Lines(reading)
    try:
        for chunk in chunks:
            os.write(writing, chunk)
        os.close(writing)
        return list(lines)
    finally:
        lines.close()
        os.close(reading)


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_enter_ends_a_line_whatever_it_sends_and_empty_lines_are_left_out(end: bytes) -> None:
    assert _read(b"one" + end + end + b" \t" + end + "hai ă".encode() + end + b"last") == ["one", "hai ă", "last"]


_PIECES = st.lists(st.binary(max_size=6), max_size=6)


@given(st.lists(st.text(alphabet="aă1:", min_size=1, max_size=9), max_size=6), _PIECES)
def test_a_line_may_come_in_pieces(texts: list[str], cuts: list[bytes]) -> None:
    whole = "".join(f"{text}\n" for text in texts).encode()
    sizes = [len(cut) for cut in cuts]
    chunks = []
    for size in sizes:
        chunks.append(whole[:size])
        whole = whole[size:]
    assert _read(*(chunk for chunk in [*chunks, whole] if chunk)) == texts


def test_what_is_not_utf8_and_what_is_endless_harms_nobody() -> None:
    not_utf8, endless, after = _read(b"a\xffb\n", b"x" * 20_000 + b"\nafter\n")
    assert not_utf8 == "a\N{REPLACEMENT CHARACTER}b"
    assert (len(endless), after) == (8_192, "after")


@pytest.fixture
def waiting() -> Iterator[tuple[Lines, int]]:
    """Return lines of a scanner that types nothing yet, and where it types."""
    reading, writing = os.pipe()
    lines = Lines(reading)
    yield lines, writing
    lines.close()
    os.close(reading)
    os.close(writing)


def test_a_stop_ends_the_waiting_and_leaves_an_unfinished_line(waiting: tuple[Lines, int]) -> None:
    lines, writing = waiting
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.extend(lines))
    os.write(writing, b"unfinished")
    reader.start()
    lines.stop()
    reader.join(10)
    assert not reader.is_alive()
    assert found == []
