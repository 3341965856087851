"""Formulas that are computed from the very text that is shown."""

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _ceil(value: float) -> float:
    """Round up, but not what is above a whole number by a rounding error only: 0.5 / (1 - 0.9) is 5."""
    return math.ceil(round(value, 9))


_FUNCTIONS: Mapping[str, Callable[..., float]] = {"ceil": _ceil, "max": max, "min": min}


@dataclass(frozen=True, slots=True)
class Formula:
    """What a symbol is, in which unit, and how it follows from symbols before it."""

    symbol: str
    unit: str
    text: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Line:
    """A formula and its result."""

    formula: Formula
    value: float


def evaluate(text: str, symbols: Mapping[str, float]) -> float:
    """Return the value of an arithmetic expression with + - * /, ceil, max and min.

    Raises KeyError for a symbol nobody gave, ValueError for anything else that is not arithmetic.
    """
    return _value(ast.parse(text, mode="eval").body, symbols)


def solve(formulas: Sequence[Formula], inputs: Mapping[str, float]) -> list[Line]:
    """Return every formula with its result; each may use the inputs and the results before it."""
    symbols, lines = dict(inputs), []
    for formula in formulas:
        symbols[formula.symbol] = evaluate(formula.text, symbols)
        lines.append(Line(formula, symbols[formula.symbol]))
    return lines


def _value(node: ast.expr, symbols: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            return symbols[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, symbols), _value(right, symbols))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_value(argument, symbols) for argument in arguments))
    raise ValueError(f"not arithmetic: {ast.unparse(node)}")
