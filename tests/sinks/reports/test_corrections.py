"""Corrections, corrections of those, and what is left."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest

from tests.sinks.conftest import Database
from tests.sinks.reports.landed import hour, identity, land

pytestmark = pytest.mark.integration
_LONGEST_CHAIN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A correction of event `corrects` by number; `replacement` 0 withdraws it."""

    number: int
    corrects: int
    at: datetime
    replacement: int = 0


def _land(database: Database, corrections: Sequence[Corrected]) -> None:
    land(
        database,
        "corrections",
        [
            {
                "event_id": identity(one.number),
                "corrects": identity(one.corrects),
                "action": "REPLACE" if one.replacement else "WITHDRAW",
                "replacement": identity(one.replacement),
                "event_time": one.at,
            }
            for one in corrections
        ],
    )


def _numbers(database: Database, column: str, view: str) -> list[int]:
    found = database.rows(f"SELECT hex({column}) FROM {{}}.{view}")  # noqa: S608 -- our names
    return sorted(int(str(text), 16) for (text,) in found)


def _stands(number: int, corrections: Sequence[Corrected]) -> bool:
    """Tell whether no standing correction is about an event; by recursion, however long the chain."""
    return not any(one.corrects == number and _stands(one.number, corrections) for one in corrections)


def _effective(corrections: Sequence[Corrected]) -> list[int]:
    latest: dict[int, Corrected] = {}
    for one in corrections:
        if _stands(one.number, corrections) and (one.corrects not in latest or one.at >= latest[one.corrects].at):
            latest[one.corrects] = one
    return sorted(one.number for one in latest.values())


def _case(seeded: random.Random, first: int) -> tuple[list[int], list[Corrected]]:
    """Return events and corrections of them and of each other, in the order they were recorded."""
    events = [first + number for number in range(seeded.randint(1, 4))]
    depth = dict.fromkeys(events, 0)
    corrections = []
    for number in range(first + 10, first + 10 + seeded.randint(0, 8)):
        about = seeded.choice([one for one, deep in depth.items() if deep < _LONGEST_CHAIN])
        depth[number] = depth[about] + 1
        replacement = seeded.choice([0, seeded.choice(events)])
        corrections.append(
            Corrected(number=number, corrects=about, at=hour(seeded.randint(0, 5)), replacement=replacement)
        )
    seeded.shuffle(corrections)
    return events, corrections


def test_any_chains_leave_what_their_rule_spelled_out_leaves(reports: Database) -> None:
    seeded = random.Random(20210801)
    cases = [_case(seeded, 100 * number) for number in range(1, 600)]
    _land(reports, [one for _, corrections in cases for one in corrections])
    events = [event for own, _ in cases for event in own]
    land(reports, "scans", [{"scan_id": identity(event), "event_time": hour(0)} for event in events])
    land(reports, "passes", [{"event_id": identity(event), "event_time": hour(0)} for event in events])

    standing = [one.number for _, told in cases for one in told if _stands(one.number, told)]
    left = [event for own, told in cases for event in own if _stands(event, told)]
    assert max(len(told) for _, told in cases) > _LONGEST_CHAIN
    assert _numbers(reports, "event_id", "corrections_standing") == sorted(standing)
    assert _numbers(reports, "event_id", "corrections_effective") == sorted(
        number for _, told in cases for number in _effective(told)
    )
    assert _numbers(reports, "scan_id", "scans_effective") == left
    assert _numbers(reports, "event_id", "passes_effective") == left


def test_without_corrections_every_scan_stands(reports: Database) -> None:
    land(reports, "scans", [{"scan_id": identity(1), "event_time": hour(0)}])
    assert _numbers(reports, "scan_id", "scans_effective") == [1]


def test_a_chain_as_long_as_is_promised(reports: Database) -> None:
    chain = [Corrected(number=number + 1, corrects=number, at=hour(0)) for number in range(1, 1 + _LONGEST_CHAIN)]
    _land(reports, chain)
    assert _numbers(reports, "event_id", "corrections_standing") == [3, 5, 7]


@pytest.mark.parametrize(
    "table", ["declarations", "health_updates", "isolations", "lockdowns", "cases", "test_results", "vaccinations",
              "area_decisions", "place_events", "wave_throughs"]
)  # fmt: skip
def test_a_withdrawn_report_does_not_count(reports: Database, table: str) -> None:
    land(reports, table, [{"event_id": identity(number), "event_time": hour(number)} for number in (1, 2)])
    _land(reports, [Corrected(number=9, corrects=1, at=hour(3))])
    assert _numbers(reports, "event_id", f"{table}_effective") == [2]
