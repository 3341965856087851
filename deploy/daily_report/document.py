"""A report as one JSON document: canonical, with checksum, version, and what changed since the last one. Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.daily_report.checks import Check
from deploy.daily_report.figures import NAMES, PROVINCE, Figures, average, share
from deploy.daily_report.span import Span, due_at, iso
from schemas.admin_units import communes

#: Raised when a reader of documents has to know of it.
_FORMAT = 1
#: What may differ between two reports of a province that say the same. Rejected events are kept for a week only.
_NOT_FIGURES = ("version", "as_of", "changes", "sha256", "all_provinces")

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """The version before: its number, and its document."""

    version: int
    document: Document


def content(province: int, span: Span, figures: Figures, checked: Sequence[Check], *, exact: bool) -> dict[str, Any]:
    """Return what a report says: everything but version, changes and checksum."""
    return {
        "report": "daily",
        "format": _FORMAT,
        "province": province,
        "province_name": province_name(province),
        "day": span.day.isoformat(),
        "until": iso(span.until),
        "whole_day": span.is_whole,
        "as_of": iso(span.as_of),
        "due_at": iso(due_at(span.day)),
        "persons_are": "counted" if exact else "estimated",
        "areas": [_area(figures, code, province) for code in figures.areas[span.day]],
        "days": [{"day": day.isoformat(), **figures.areas[day][PROVINCE]} for day in reversed(figures.days)],
        "all_provinces": _arrivals(figures.arrivals),
        "sound": all(check.holds for check in checked),
        "checks": [{"name": check.name, "holds": check.holds, "broken": list(check.broken)} for check in checked],
    }


def versioned(said: Mapping[str, Any], *, previous: Previous | None) -> Document:
    """Return the whole document: the version after `previous`, with what changed since, and its checksum."""
    whole = {
        **said,
        "version": previous.version + 1 if previous else 1,
        "changes": list(changes(previous.document, said)) if previous else [],
    }
    return {**whole, "sha256": checksum(whole)}


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return JSON with sorted keys and no blanks, in UTF-8: equal documents are equal bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def checksum(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document without its `sha256`, in hexadecimal digits."""
    return _digest({name: value for name, value in document.items() if name != "sha256"})


def figures_checksum(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a document says, whichever version of whichever moment it is."""
    return _digest({name: value for name, value in document.items() if name not in _NOT_FIGURES})


def changes(before: Document, after: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each figure of each area that is not what it was, and the end of the day's part where that moved."""
    if before["until"] != after["until"]:
        yield {"area": after["province"], "figure": "until", "before": before["until"], "after": after["until"]}
    known = {area["code"]: area["figures"] for area in before["areas"]}
    for area in after["areas"]:
        old = known.get(area["code"], dict.fromkeys(NAMES, 0))
        for name in NAMES:
            if area["figures"][name] != old[name]:
                yield {"area": area["code"], "figure": name, "before": old[name], "after": area["figures"][name]}


def province_name(province: int) -> str:
    """Return the name of a province of the orders."""
    return next(unit.province for unit in communes() if unit.province_code == province)


def _area(figures: Figures, code: int, province: int) -> dict[str, Any]:
    today, yesterday = figures.days[:2]
    row = figures.areas[today][code]
    return {
        "level": "PROVINCE" if code == PROVINCE else "DISTRICT",
        "code": province if code == PROVINCE else code,
        "name": province_name(province) if code == PROVINCE else _district_name(code),
        "figures": dict(row),
        "yesterday": dict(figures.areas[yesterday][code]),
        "week_average": average(figures, code),
        "late_share": share(row["late"], row["scans"] - row["entered"]),
        "active_share": share(row["points_active"], row["points"]),
        "declarations_by_app": dict(sorted(figures.apps[code].items())),
    }


def _arrivals(row: Mapping[str, int]) -> dict[str, Any]:
    return {**row, "dead_letter_share": share(row["dead_letters"], row["dead_letters"] + row["landed"])}


def _district_name(code: int) -> str:
    return next((unit.district for unit in communes() if unit.district_code == code), str(code))


def _digest(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()
