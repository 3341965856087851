"""What is missing, double or foreign in a report's table is found."""

from types import SimpleNamespace
from typing import Any

from loadtest.reports.truth import Sent, compare
from schemas.kinds import PASS


class _Table:
    """A table that holds these identities."""

    def __init__(self, *names: str) -> None:
        self._rows = [(name.upper(), names.count(name)) for name in dict.fromkeys(names)]

    def query(self, _query: str, parameters: dict[str, Any] | None = None) -> Any:
        assert parameters == {"since": 5}
        return SimpleNamespace(result_rows=self._rows)


def _sent() -> Sent:
    return Sent(PASS, {"aa", "ab"}, repeated=1, broken=2)


def test_what_was_sent_says_what_becomes_of_it() -> None:
    tally = _sent().tally
    assert (tally.published, tally.landed, tally.retry, tally.rejected) == (5, 2, 1, 2)


def test_everything_once_is_right() -> None:
    assert compare(_Table("aa", "ab"), _sent(), since_ms=5).equal


def test_each_difference_is_counted() -> None:
    found = compare(_Table("aa", "aa", "ac"), _sent(), since_ms=5)
    assert (found.lost, found.doubled, found.unexpected) == (1, 1, 1)
    assert found.examples == ["pass: lost ab"]
