"""What the guard reads."""

import io
import json
import uuid
from datetime import timedelta, timezone

from streams.device.report import Outcome, Report, Shown
from streams.device.scan import milliseconds_of
from tests.streams.device.kiosk_parts import START

_ID = uuid.UUID(int=7)
_SHOWN = [
    Shown(outcome=Outcome.OK, time_ms=milliseconds_of(START), scan_id=_ID, device_seq=12),
    Shown(outcome=Outcome.STORED, time_ms=milliseconds_of(START), scan_id=_ID, device_seq=13),
    Shown(outcome=Outcome.REFUSED, time_ms=milliseconds_of(START), reason="the code can't be read; scan it again"),
]


def _written(*, as_json: bool) -> list[str]:
    out = io.StringIO()
    report = Report(out, as_json=as_json, zone=timezone(timedelta(hours=7)))
    for shown in _SHOWN:
        report.scan(shown)
    report.notice("stopped")
    return out.getvalue().splitlines()


def test_a_guard_reads_one_line_a_scan() -> None:
    assert _written(as_json=False) == [
        "07:30:00  OK       scan 12",
        "07:30:00  STORED   scan 13",
        "07:30:00  REFUSED  the code can't be read; scan it again",
        "--        stopped",
    ]


def test_a_program_reads_objects() -> None:
    common = {"event_time_ms": 1_628_123_400_000}
    assert [json.loads(line) for line in _written(as_json=True)] == [
        {"outcome": "ok", "scan_id": str(_ID), "device_seq": 12, **common},
        {"outcome": "stored", "scan_id": str(_ID), "device_seq": 13, **common},
        {"outcome": "refused", "reason": "the code can't be read; scan it again", **common},
        {"notice": "stopped"},
    ]
