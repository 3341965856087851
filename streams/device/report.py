"""What the guard sees: one line a scan, and a line when something changes. Nothing in it names a person."""

import json
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import Enum
from typing import TextIO


class Outcome(Enum):
    """What became of a scan."""

    OK = "ok"  # the gateway has it
    STORED = "stored"  # it is safe here and will be sent
    REFUSED = "refused"  # it counts nowhere
    PASS = "pass"  # no scan yet: a movement pass, whose holder is to be scanned now  # noqa: S105 -- no password, a travel pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One scan's line. A line that could not be decoded has neither scan_id nor number."""

    outcome: Outcome
    time_ms: int
    scan_id: uuid.UUID | None = None
    device_seq: int = 0
    reason: str = ""


class Report:
    """Writes lines for people, or JSON objects for programs; threads may share it."""

    def __init__(self, out: TextIO, *, as_json: bool, zone: tzinfo | None = None) -> None:
        """Write to `out`; times are shown in `zone`, by default this machine's."""
        self._out, self._as_json, self._zone = out, as_json, zone
        self._mutex = threading.Lock()

    def scan(self, shown: Shown) -> None:
        """Show what became of one scan."""
        self._write(_object(shown) if self._as_json else self._sentence(shown))

    def notice(self, sentence: str) -> None:
        """Show that something has changed."""
        self._write({"notice": sentence} if self._as_json else f"--        {sentence}")

    def _write(self, line: str | dict[str, object]) -> None:
        with self._mutex:
            self._out.write((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n")
            self._out.flush()

    def _sentence(self, shown: Shown) -> str:
        clock = datetime.fromtimestamp(shown.time_ms / 1_000, UTC).astimezone(self._zone).strftime("%H:%M:%S")
        number = f"  scan {shown.device_seq}" if shown.device_seq else ""
        return f"{clock}  {_WORDS[shown.outcome]}{number}" + (f"  {shown.reason}" if shown.reason else "")


_WORDS = {Outcome.OK: "OK     ", Outcome.STORED: "STORED ", Outcome.REFUSED: "REFUSED", Outcome.PASS: "PASS   "}


def _object(shown: Shown) -> dict[str, object]:
    whole = {
        "outcome": shown.outcome.value,
        "scan_id": str(shown.scan_id) if shown.scan_id else None,
        "device_seq": shown.device_seq or None,
        "event_time_ms": shown.time_ms,
        "reason": shown.reason or None,
    }
    return {name: value for name, value in whole.items() if value is not None}
