"""The report of an import: what became of each line. It repeats no cell."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.entry.lines import Line
from deploy.entry.send import Settled

_SHOWN_PROBLEMS = 10


@dataclass(slots=True)
class Report:
    """Every line of a file, and as they are settled, what the gateway said."""

    lines: Sequence[Line]
    answers: dict[int, str] = field(default_factory=dict)

    def settle(self, settled: Settled) -> None:
        """Note a line's final answer."""
        self.answers[settled.line.number] = settled.reason

    @property
    def sent(self) -> int:
        """Lines the gateway has stored."""
        return sum(not reason for reason in self.answers.values())

    @property
    def problems(self) -> list[tuple[int, tuple[str, ...]]]:
        """Refused lines with their reasons, whoever refused them."""
        return [(line.number, reasons) for line in self.lines if (reasons := self._reasons(line))]

    def rows(self) -> list[dict[str, Any]]:
        """Return for each line its number, its event's identity, the outcome (sent, refused, not sent) and reasons."""
        return [
            {
                "line": line.number,
                "event_id": str(line.event_id) if line.event is not None else "",
                "outcome": self._outcome(line),
                "reasons": list(self._reasons(line)),
            }
            for line in self.lines
        ]

    def summary(self) -> dict[str, Any]:
        """Return the figures and the refused lines, as a script reads them."""
        problems = self.problems
        return {
            "lines": len(self.lines),
            "sent": self.sent,
            "refused": len(problems),
            "not_sent": len(self.lines) - self.sent - len(problems),
            "problems": [{"line": line, "reasons": list(reasons)} for line, reasons in problems],
        }

    def sentence(self) -> str:
        """Return the first refused lines with their reasons, and how many more there are."""
        problems = self.problems
        shown = [f"line {line}: {', '.join(reasons)}" for line, reasons in problems[:_SHOWN_PROBLEMS]]
        more = f"; and {len(problems) - _SHOWN_PROBLEMS} more" if len(problems) > _SHOWN_PROBLEMS else ""
        return "; ".join(shown) + more

    def _reasons(self, line: Line) -> tuple[str, ...]:
        if line.event is None:
            return line.reasons
        return (answer,) if (answer := self.answers.get(line.number)) else ()

    def _outcome(self, line: Line) -> str:
        if self._reasons(line):
            return "refused"
        return "sent" if line.number in self.answers else "not sent"
