"""A plan as sheets of text: inputs, a row a formula, the simulation, and what it all rests on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from loadtest.planning.formula import Line
from loadtest.planning.plan import Plan
from loadtest.planning.scaling import Check, Point

_STEPS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table of text under a title; columns whose number is in `words` are read, the others compared."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: frozenset[int] = frozenset()
    note: str = ""


def sheets_of(plan: Plan) -> list[Sheet]:
    """Return what a reviewer needs to recompute the plan, in the order of computing."""
    measured = [check.drain.partitions for check in plan.checks]
    return [
        _inputs("Given", plan.given),
        _inputs(f"Measured on {plan.measured_on}", plan.measured),
        *(_formulas(name, lines) for name, lines in plan.sections.items()),
        _checks(plan.checks, plan.wait_us),
        _points(plan.here, plan.cluster, measured),
    ]


def quantity(value: float, unit: str) -> str:
    """Return a value as people read it: bytes in steps of a thousand, whole numbers with separators, else 3 digits."""
    if unit.startswith("bytes"):
        size, step = next(((size, step) for size, step in _STEPS if value >= size), (1.0, ""))
        return f"{value / size:,.3g} {step}B{unit.removeprefix('bytes')}"
    return f"{number(value)} {unit}".rstrip()


def number(value: float) -> str:
    """Return a number with separators, to three digits where it has decimals."""
    if value == round(value) or abs(value) >= 1_000:
        return f"{value:,.0f}"
    return f"{value:,.3g}"


def _inputs(title: str, symbols: Mapping[str, float]) -> Sheet:
    rows = [(symbol, number(value)) for symbol, value in symbols.items()]
    return Sheet(title=title, head=("symbol", "value"), rows=rows, words=frozenset({0}))


def _formulas(title: str, lines: Iterable[Line]) -> Sheet:
    rows = [
        (line.formula.symbol, line.formula.text, quantity(line.value, line.formula.unit), line.formula.meaning)
        for line in lines
    ]
    return Sheet(title=title, head=("symbol", "formula", "result", "what it is"), rows=rows, words=frozenset({0, 1, 3}))


def _checks(checks: Sequence[Check], wait_us: float) -> Sheet:
    return Sheet(
        title="The simulation against measured drains of a full topic, events/s",
        head=("partitions", "cores left by others", "measured", "simulated", "error", "error if not fitted to it"),
        rows=[
            (
                number(check.drain.partitions),
                f"{check.drain.cores:.1f}",
                number(round(check.drain.events_per_second)),
                number(round(check.simulated)),
                f"{check.error:+.0%}",
                f"{check.blind_error:+.0%}",
            )
            for check in checks
        ],
        note=f"Fitted: a lane waits {wait_us:.1f} µs an event for acknowledgements. All else is measured.",
    )


def _points(here: Sequence[Point], cluster: Sequence[Point], measured: Sequence[int]) -> Sheet:
    return Sheet(
        title="Simulated drains of a full topic, events/s",
        head=("partitions", "this machine", "limited by", "as many machines", "together", "limited by", "basis"),
        rows=[
            (
                number(one.partitions),
                number(round(one.events_per_second)),
                one.limit,
                number(many.workers),
                number(round(many.events_per_second)),
                many.limit,
                "measured, too" if one.partitions in measured and many.workers == 1 else "extrapolated",
            )
            for one, many in zip(here, cluster, strict=True)
        ],
        words=frozenset({2, 5, 6}),
    )
