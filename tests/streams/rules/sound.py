"""Fields that make a report of zeros one that no rule refuses, by feed."""

from typing import Any

from streams.window.rules import HOUR_MS

NOW_MS = 1_637_546_400_000
SOMEBODY, ANOTHER = b"s" * 16, b"a" * 16
SOUND: dict[str, dict[str, Any]] = {
    "declaration": {"subject": SOMEBODY},
    "update": {"temperature_c10": 365},
    "pass": {"pass_id": ANOTHER, "valid_from": NOW_MS, "valid_until": NOW_MS + 72 * HOUR_MS},
    "isolation": {"isolation_id": ANOTHER, "days": 14},
    "lockdown": {
        "lockdown_id": ANOTHER,
        "level": "HAMLET",
        "area_code": 14_755,
        "hamlet": "Thôn Đông",
        "valid_from": NOW_MS,
    },
    "case": {"case_id": ANOTHER, "infectious_from": NOW_MS},
    "test": {"test_id": ANOTHER, "event_time": NOW_MS},
    "vaccination": {"event_time": NOW_MS},
    "decision": {
        "level": "COMMUNE",
        "area_code": 14_755,
        "risk_level": 4,
        "valid_from": NOW_MS,
        "decision_ref": "12/QĐ",
    },
    "place_event": {"place_id": 7, "action": "SAFETY_ASSESSED", "safety_score": 85},
    "link": {"subject": SOMEBODY, "other": ANOTHER},
    "correction": {"corrects": ANOTHER},
}
