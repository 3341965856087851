"""Rules on cases and movements: where a case was, who else, and who was in two places."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from tests.sinks.watch.oracles.found import DAY, HOUR, Found, day_of, hexed, last_of
from tests.sinks.watch.world import EPOCH, NOW, SINCE, Report, Scan, World, local_midnight


def trace_update(world: World) -> Iterator[Found]:
    corrected = {one["corrects"]: one for one in world.landed("corrections")}
    for told, begins, ends in _confirmed(world):
        first = min(one.logged_at for one in told if one["status"] == "CONFIRMED")
        for scan in world.scans:
            theirs = world.person(scan.subject) == world.person(told[-1].subject)
            if not theirs or scan.verdict != "ACCEPTED" or not begins <= scan.event_time < ends:
                continue
            correction = corrected.get(scan.scan_id)
            if correction is None and (scan.lateness == "ON_TIME" or scan.logged_at <= max(first, SINCE)):
                continue
            if correction is not None and correction.logged_at <= first:
                continue
            by, at = (correction.event_id, correction.logged_at) if correction else (scan.scan_id, scan.logged_at)
            yield Found(
                key=hexed(told[-1]["case_id"]) + b":" + hexed(by),
                event_time=at,
                subject=told[-1].subject,
                place_id=scan.place_id,
                area_code=scan.commune,
                evidence=scan.scan_id,
                measure=-1 if correction else 1,
            )


def trace_contacts(world: World) -> Iterator[Found]:
    exposures: dict[tuple[int, datetime], datetime] = {}
    for alert in world.landed("alerts"):
        there = alert["place_id"], alert.event_time
        exposures[there] = min(alert.logged_at, exposures.get(there, alert.logged_at))
    cases = {world.person(one.subject) for one in world.of("cases")}
    found: dict[tuple[int, datetime], list[Scan]] = {}
    for scan in world.in_force:
        there = scan.place_id, local_midnight(scan.event_time)
        late = scan.lateness != "ON_TIME" and scan.logged_at >= SINCE and world.person(scan.subject) not in cases
        if late and there in exposures and scan.logged_at > exposures[there]:
            found.setdefault(there, []).append(scan)
    for (place, day), scans in found.items():
        yield Found(
            key=f"{place}:{day_of(day)}:contacts".encode(),
            event_time=day,
            place_id=place,
            area_code=scans[0].commune,
            evidence=scans[0].scan_id,
            measure=len({world.person(scan.subject) for scan in scans}),
        )


def exposure_venue(world: World) -> Iterator[Found]:
    for told, begins, ends in _confirmed(world):
        case = told[-1]
        fresh = case.logged_at >= SINCE
        scans = [
            scan
            for scan in world.in_force
            if world.person(scan.subject) == world.person(case.subject)
            and begins <= scan.event_time < ends
            and (fresh or scan.logged_at >= SINCE)
        ]
        there: dict[tuple[int, datetime], list[Scan]] = {}
        for scan in scans:
            there.setdefault((scan.place_id, local_midnight(scan.event_time)), []).append(scan)
        for (place, day), found in there.items():
            yield Found(
                key=f"{case['case_id'].hex().upper()}:{place}:{day_of(day)}".encode(),
                event_time=day,
                place_id=place,
                area_code=found[0].commune,
                evidence=found[0].scan_id,
                measure=len(found),
            )


def impossible_travel(world: World) -> Iterator[Found]:
    scans = [scan for scan in world.in_force if scan.feed != "vehicle" and scan.logged_at >= SINCE - HOUR]
    for person in {world.person(scan.subject) for scan in scans}:
        for before, after in pairwise([scan for scan in scans if world.person(scan.subject) == person]):
            apart = after.event_time - before.event_time
            if before.province != after.province and apart <= HOUR:
                yield Found(
                    key=hexed(after.scan_id),
                    event_time=after.event_time,
                    subject=after.subject,
                    evidence=after.scan_id,
                    place_id=after.place_id,
                    area_code=after.commune,
                    measure=apart // timedelta(minutes=1),
                )


def _confirmed(world: World) -> Iterator[tuple[list[Report], datetime, datetime]]:
    """Yield what was told of each confirmed case, and when it began and ceased to be infectious."""
    for told in last_of(world.of("cases"), "case_id"):
        case = told[-1]
        if case["status"] == "CONFIRMED":
            unknown = (case["onset"] if case["onset"] > EPOCH else case.event_time) - 2 * DAY
            begins = case["infectious_from"] if case["infectious_from"] > EPOCH else unknown
            yield told, begins, case["infectious_until"] if case["infectious_until"] > EPOCH else NOW
