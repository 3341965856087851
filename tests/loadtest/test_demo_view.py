"""The demo's views show the figures they are given, and say so when something is not right."""

from typing import Any

from rich.console import Console, RenderableType

from loadtest.analyst_queries import QUESTIONS, Answer
from loadtest.demo_view import Moment, addresses_view, answer_view, closing_view, ledger_view, live_view
from loadtest.expected import Tally

_DONE = Tally(published=11_000, landed=9_100, accepted=8_000, rescan=1_100, retry=1_800, rejected=100, late=70)


def _text(view: RenderableType) -> str:
    console = Console(width=160, color_system=None)
    with console.capture() as captured:
        console.print(view)
    return captured.get()


def _moment(**changed: Any) -> Moment:
    values: dict[str, Any] = {
        "seconds": 7.2,
        "total_seconds": 60.0,
        "published": 12_345,
        "rate": 1_714.6,
        "done": _DONE,
    }
    return Moment(**(values | changed))


def _line(text: str, name: str) -> str:
    (line,) = [line for line in text.splitlines() if f" {name} " in line]
    return line


def test_the_live_view_shows_each_count_with_its_meaning() -> None:
    text = _text(live_view(_moment(latency_ms={"p50": 412.4, "p99": 1_890.0})))
    assert "scanstream: 7 of 60 s" in text
    assert "12,345" in _line(text, "published")
    assert "1,715 events/s" in _line(text, "published")
    for name, shown in {
        "landed": "9,100",
        "retries": "1,800",
        "re-scans": "1,100",
        "late": "70",
        "rejected": "100",
        "lag": "1,345",
        "latency p50": "412 ms",
        "latency p99": "1,890 ms",
    }.items():
        assert shown in _line(text, name)


def test_before_the_first_row_there_is_no_latency() -> None:
    assert "…" in _line(_text(live_view(_moment())), "latency p50")


def test_the_lag_is_never_less_than_nothing() -> None:
    assert _moment(published=10_000).lag == 0


def test_the_time_shown_ends_with_the_demo() -> None:
    assert "60 of 60 s" in _text(live_view(_moment(seconds=71.0)))


def test_the_ledger_has_a_row_for_each_feed() -> None:
    text = _text(ledger_view({"venue": _DONE, "checkpoint": Tally(published=5)}, balanced=True))
    assert "Ledger: balanced" in text
    assert [cell.strip() for cell in _line(text, "venue").strip("│").split("│")] == [
        *("venue", "11,000", "8,000", "1,100", "1,800", "100", "70")
    ]
    assert "checkpoint" in text


def test_a_ledger_that_does_not_balance_says_so() -> None:
    assert "NOT BALANCED" in _text(ledger_view({}, balanced=False))


def test_an_answer_comes_with_its_question_and_sql() -> None:
    text = _text(answer_view(Answer(QUESTIONS[0], ["province_name", "scans"], [["Khánh Hòa", "1,204"]])))
    assert QUESTIONS[0].words in text
    assert "GROUP BY province_name" in text
    assert "Khánh Hòa" in text


def test_addresses_are_listed() -> None:
    assert "127.0.0.1:9092" in _text(addresses_view({"Kafka": "127.0.0.1:9092"}))


def test_the_last_word_counts_events_and_the_time_to_the_first_row() -> None:
    text = _text(closing_view({"balanced": True, "published": 24_993, "first_row_seconds": 8.34}))
    assert "24,993 events published, every one accounted for" in text
    assert "first row could be queried 8.3 s after the start" in text
    assert "first row" not in _text(closing_view({"balanced": True, "published": 1, "first_row_seconds": None}))


def test_the_last_word_names_what_is_wrong() -> None:
    text = _text(closing_view({"balanced": False, "differences": ["venue: lost row: partition 1, offset 2"]}))
    assert "It does not balance" in text
    assert "lost row: partition 1, offset 2" in text
    assert "accounted for" not in text
