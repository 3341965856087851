"""Formulas are computed from their text, and from nothing but arithmetic."""

import pytest

from loadtest.planning.formula import Formula, evaluate, solve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 + 3 * 4 - 6 / 4", 12.5),
        ("(people + 1) / 2", 3.0),
        ("ceil(people / 2)", 3),
        ("max(people, 7, 2)", 7),
        ("min(people, people / 2)", 2.5),
    ],
)
def test_arithmetic_is_what_it_says(text: str, value: float) -> None:
    assert evaluate(text, {"people": 5.0}) == value


@pytest.mark.parametrize(
    "text", ["people ** 2", "__import__('os')", "people.real", "[1][0]", "'5'", "round(people)", "max(people, key=1)"]
)
def test_nothing_else_is_computed(text: str) -> None:
    with pytest.raises(ValueError, match="not arithmetic"):
        evaluate(text, {"people": 5.0})


def test_an_unknown_symbol_is_an_error() -> None:
    with pytest.raises(KeyError, match="peple"):
        evaluate("peple * 2", {"people": 5.0})


def test_each_formula_may_use_the_results_before_it() -> None:
    lines = solve([Formula("b", "", "a * 2", ""), Formula("c", "", "a + b", "")], {"a": 3.0})
    assert [(line.formula.symbol, line.value) for line in lines] == [("b", 6), ("c", 9)]
