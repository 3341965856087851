"""The rules of the watch once more, spelled out slowly over a world's rows; each returns what it finds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from schemas.enums import Category
from schemas.stays import STAYS
from tests.sinks.watch.world import AREAS, EPOCH, NOW, REPORTED, SINCE, Place, Report, Scan, World, local_midnight

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a rule finds, with its dedupe key as the rule's file writes it; None where the rule has no such column."""

    key: bytes
    event_time: datetime
    subject: bytes | None = None
    place_id: int | None = None
    about_device: int | None = None
    area_code: int | None = None
    evidence: bytes | None = None
    measure: int | None = None
    severity: str | None = None
    role: str | None = None


def _ms(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


def _hex(identity: bytes) -> bytes:
    return identity.hex().upper().encode()


def _day(moment: datetime) -> str:
    return f"{moment + timedelta(hours=7):%Y-%m-%d}"


def _last_of(reports: Sequence[Report], column: str) -> Iterator[list[Report]]:
    """Yield all reports with one value of a column, in order, for each value."""
    ordered = sorted(reports, key=lambda report: (report[column], report.event_time, report.event_id))
    yield from (list(group) for _, group in groupby(ordered, lambda report: report[column]))


def pass_expiring(world: World) -> Iterator[Found]:
    for told in _last_of(world.of("passes"), "pass_id"):
        revoked = max((one.event_time for one in told if one["action"] == "REVOKED"), default=EPOCH)
        grants = [one for one in told if one["action"] != "REVOKED" and one.event_time > revoked]
        best = max(grants, key=lambda one: (one["valid_until"], one.event_time, one.event_id), default=None)
        if best and NOW < best["valid_until"] <= NOW + _DAY:
            yield Found(
                key=f"{best['pass_id'].hex().upper()}:{_ms(best['valid_until'])}".encode(),
                event_time=best["valid_until"] - _DAY,
                subject=best.subject,
                evidence=best.event_id,
                measure=24,
            )


def symptom_escalation(world: World) -> Iterator[Found]:
    updates = [update for update in world.of("health_updates") if update["status"] == "SUBMITTED"]
    told = sorted(
        [*world.of("declarations"), *updates],
        key=lambda one: (world.person(one.subject), one.event_time, one.event_id),
    )
    for _, reports in groupby(told, lambda report: world.person(report.subject)):
        before = 0
        for report in reports:
            symptoms = report["symptoms"]
            fever = symptoms & 1 or report.own.get("temperature_c10", 0) >= 375
            if report.logged_at >= SINCE and (fever or symptoms.bit_count() > before):
                yield Found(
                    key=_hex(report.event_id),
                    event_time=report.event_time,
                    subject=report.subject,
                    evidence=report.event_id,
                    area_code=report["commune_code"],
                    measure=symptoms.bit_count(),
                    severity="CRITICAL" if symptoms & 4 else "WARNING",
                    role="COMMUNE" if report.table == "declarations" else "ISOLATION_MANAGER",
                )
            before = symptoms.bit_count()


def _isolated(world: World) -> list[tuple[Report, Report]]:
    """Return the assignment in force yesterday noon of each isolated person, with what was told of it last."""
    noon, found = local_midnight(NOW) - _DAY / 2, list[tuple[Report, Report]]()
    for told in _last_of(world.of("isolations"), "isolation_id"):
        assigned = [one for one in told if one["action"] == "ASSIGNED"]
        ended = [one.event_time for one in told if one["action"] == "ENDED" and one.event_time <= noon]
        if not assigned or max(ended, default=EPOCH) >= assigned[0].event_time:
            continue
        if assigned[0]["starts"] <= noon < assigned[0]["starts"] + _DAY * assigned[0]["days"]:
            found.append((assigned[0], told[-1]))
    latest: dict[bytes, tuple[Report, Report]] = {}
    for pair in sorted(found, key=lambda pair: (pair[0].event_time, _inverted(pair[0]["isolation_id"]))):
        latest[world.person(pair[0].subject)] = pair
    return list(latest.values())


def _inverted(identity: bytes) -> bytes:
    return bytes(255 - byte for byte in identity)


def _updates(world: World, person: bytes) -> list[Report]:
    """Return what was submitted of a person before today, under any of their documents."""
    updates = [one for one in world.of("health_updates") if one["status"] == "SUBMITTED"]
    today = local_midnight(NOW)
    return [one for one in updates if world.person(one.subject) == person and one.event_time < today]


def missed_update(world: World) -> Iterator[Found]:
    today = local_midnight(NOW)
    for assigned, _ in _isolated(world):
        subject = assigned.subject
        first_due = local_midnight(assigned["starts"] + _DAY / 2)
        updates = _updates(world, world.person(subject))
        last = max((local_midnight(one.event_time) for one in updates), default=EPOCH)
        if last < today - _DAY:
            streak = (today - _DAY - max(last, first_due - _DAY)) // _DAY
            yield Found(
                key=f"{subject.hex().upper()}:{_day(today - _DAY)}".encode(),
                event_time=today,
                subject=subject,
                place_id=assigned["site_id"],
                area_code=assigned["commune_code"],
                measure=streak,
                severity="CRITICAL" if streak >= 2 else "WARNING",
            )


def missed_update_resident(world: World) -> Iterator[Found]:
    today = local_midnight(NOW)
    noon = today - _DAY / 2
    isolated = {world.person(assigned.subject) for assigned, _ in _isolated(world)}
    in_force: dict[bytes, Report] = {}
    for told in _last_of(world.of("lockdowns"), "lockdown_id"):
        begun = [one for one in told if one["valid_from"] <= noon]
        open_end = bool(begun) and begun[-1]["valid_until"] == EPOCH and begun[-1]["action"] != "ENDED"
        if begun and (begun[-1]["valid_until"] > noon or open_end):
            in_force[begun[-1]["lockdown_id"]] = begun[-1]
    for person in {world.person(one.subject) for one in world.of("health_updates")} - isolated:
        updates = _updates(world, person)
        if not updates or updates[-1].event_time >= today - _DAY or updates[-1]["scope"] != "LOCKDOWN":
            continue
        if lockdown := in_force.get(updates[-1]["assignment_id"]):
            last, streak = updates[-1], (today - _DAY - local_midnight(updates[-1].event_time)) // _DAY
            yield Found(
                key=f"{last.subject.hex().upper()}:{_day(today - _DAY)}".encode(),
                event_time=today,
                subject=last.subject,
                area_code=lockdown["area_code"],
                measure=streak,
                severity="CRITICAL" if streak >= 2 else "WARNING",
            )


def _confirmed(world: World) -> Iterator[tuple[list[Report], datetime, datetime]]:
    """Yield what was told of each confirmed case, and when it began and ceased to be infectious."""
    for told in _last_of(world.of("cases"), "case_id"):
        case = told[-1]
        if case["status"] == "CONFIRMED":
            unknown = (case["onset"] if case["onset"] > EPOCH else case.event_time) - 2 * _DAY
            begins = case["infectious_from"] if case["infectious_from"] > EPOCH else unknown
            yield told, begins, case["infectious_until"] if case["infectious_until"] > EPOCH else NOW


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
                key=_hex(told[-1]["case_id"]) + b":" + _hex(by),
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
            key=f"{place}:{_day(day)}:contacts".encode(),
            event_time=day,
            place_id=place,
            area_code=scans[0].commune,
            evidence=scans[0].scan_id,
            measure=len({scan.subject for scan in scans}),
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
                key=f"{case['case_id'].hex().upper()}:{place}:{_day(day)}".encode(),
                event_time=day,
                place_id=place,
                area_code=found[0].commune,
                evidence=found[0].scan_id,
                measure=len(found),
            )


def impossible_travel(world: World) -> Iterator[Found]:
    scans = [scan for scan in world.in_force if scan.feed != "vehicle" and scan.logged_at >= SINCE - _HOUR]
    for subject in {scan.subject for scan in scans}:
        for before, after in pairwise([scan for scan in scans if scan.subject == subject]):
            apart = after.event_time - before.event_time
            if before.province != after.province and apart <= _HOUR:
                yield Found(
                    key=_hex(after.scan_id),
                    event_time=after.event_time,
                    subject=subject,
                    evidence=after.scan_id,
                    place_id=after.place_id,
                    area_code=after.commune,
                    measure=apart // timedelta(minutes=1),
                )


def capacity(world: World) -> Iterator[Found]:
    last = {
        scan.subject: scan
        for scan in world.in_force
        if scan.event_time > NOW - _DAY and (scan.direction in {"IN", "OUT"} or scan.feed == "checkpoint")
    }
    hour = NOW.replace(minute=0)
    for place in world.places:
        stay = timedelta(minutes=STAYS[place.category].stay_minutes)
        inside = [
            scan
            for scan in last.values()
            if scan.place_id == place.place_id and scan.direction == "IN" and scan.event_time + stay > NOW
        ]
        if place.capacity and len(inside) >= 0.8 * place.capacity:
            full = len(inside) >= place.capacity
            yield Found(
                key=f"{place.place_id}:{100 if full else 80}:{_ms(hour) // 1000}".encode(),
                event_time=hour,
                place_id=place.place_id,
                area_code=place.commune_code,
                measure=len(inside),
                severity="CRITICAL" if full else "WARNING",
            )


def _dormant(world: World, days: int) -> Iterator[tuple[Place, datetime]]:
    """Yield the open places without a scan for some days or more, and when they were active last."""
    for place in world.places:
        lives = [one for one in world.of("place_events") if one["place_id"] == place.place_id]
        opened = [one["action"] for one in lives if one["action"] in {"CLOSED", "REOPENED"}]
        active = [scan.event_time for scan in world.in_force if scan.place_id == place.place_id]
        active += [one.event_time for one in lives if one["action"] in {"QR_POSTED", "REOPENED"}]
        if active and max(active) <= NOW - days * _DAY and opened[-1:] != ["CLOSED"]:
            yield place, max(active)


def place_dormant(world: World) -> Iterator[Found]:
    for place, last in _dormant(world, 3):
        yield Found(
            key=f"{place.place_id}:{_ms(last)}".encode(),
            event_time=last + 3 * _DAY,
            place_id=place.place_id,
            area_code=place.commune_code,
            measure=3,
        )


def place_reminder(world: World) -> Iterator[Found]:
    for place, last in _dormant(world, 4):
        days = min(7, (NOW - last) // _DAY)
        yield Found(
            key=f"{place.place_id}:{_ms(last)}:{days - 3}".encode(),
            event_time=last + days * _DAY,
            place_id=place.place_id,
            area_code=place.commune_code,
            measure=days,
            severity="CRITICAL" if days == 7 else "WARNING",
            role="SECTOR_DEPARTMENT" if days == 7 else "PLACE_OWNER",
        )


def device_silent(world: World) -> Iterator[Found]:
    today = local_midnight(NOW)
    heard: dict[int, datetime] = {}
    for device, moment in [
        *((scan.device_id, scan.logged_at) for scan in world.scans),
        *((beat["device_id"], beat.logged_at) for beat in world.of("heartbeats")),
    ]:
        if moment >= today:
            heard[device] = max(moment, heard.get(device, moment))
    for device, moment in heard.items():
        place, revoked = world.devices[device]
        alarm = moment + _HOUR
        if alarm <= max(heard.values()) and 7 <= (alarm + timedelta(hours=7)).hour <= 18 and not revoked:
            yield Found(
                key=f"{device}:{_ms(moment)}".encode(),
                event_time=alarm,
                place_id=place,
                about_device=device,
                measure=60,
            )


def risk_raised(world: World) -> Iterator[Found]:
    risks = [decision for decision in world.of("area_decisions") if decision["about"] == "RISK"]
    roles = {"PROVINCE": "PROVINCE_CDC", "DISTRICT": "DISTRICT", "COMMUNE": "COMMUNE"}
    for area in {(one["level"], one["area_code"]) for one in risks}:
        level, until = 1, EPOCH
        mine = [one for one in risks if (one["level"], one["area_code"]) == area]
        for one in sorted(mine, key=lambda one: (one["valid_from"], one.event_time, one.event_id)):
            before = 1 if EPOCH < until <= one["valid_from"] else level
            if one["risk_level"] > before and one.logged_at >= SINCE:
                yield Found(
                    key=_hex(one.event_id),
                    event_time=one.event_time,
                    evidence=one.event_id,
                    area_code=one["area_code"],
                    measure=one["risk_level"],
                    severity="CRITICAL" if one["risk_level"] == 4 else "WARNING",
                    role=roles[one["level"]],
                )
            level, until = one["risk_level"], one["valid_until"]


def lockdown_exit(world: World) -> Iterator[Found]:
    lockdowns = {told[-1]["lockdown_id"]: told[-1] for told in _last_of(world.of("lockdowns"), "lockdown_id")}
    for scan in world.in_force:
        mine = [one for one in world.of("health_updates") if one.subject == scan.subject]
        reported = [one for one in mine if one.event_time <= scan.event_time]
        if scan.logged_at < SINCE or not reported or reported[-1]["scope"] != "LOCKDOWN":
            continue
        lockdown = lockdowns.get(reported[-1]["assignment_id"])
        excused = {Category.HOSPITAL, Category.HEALTH_FACILITY, Category.ISOLATION_SITE}
        if lockdown is None or scan.category in excused:
            continue
        where = {"PROVINCE": scan.province, "DISTRICT": scan.district}.get(lockdown["level"], scan.commune)
        over = lockdown.event_time if lockdown["action"] == "ENDED" else NOW + _DAY
        ends = lockdown["valid_until"] if lockdown["valid_until"] > EPOCH else over
        if where != lockdown["area_code"] and lockdown["valid_from"] <= scan.event_time < ends:
            yield Found(
                key=_hex(scan.scan_id),
                event_time=scan.event_time,
                subject=scan.subject,
                evidence=scan.scan_id,
                place_id=scan.place_id,
                area_code=lockdown["area_code"],
            )


def _regime(world: World, commune: int, moment: datetime) -> str:
    """Return the regime in force: the decision that holds from latest, of those the one on the smallest area."""
    district, province = AREAS[commune]
    areas = [("COMMUNE", commune), ("DISTRICT", district), ("PROVINCE", province)]
    held = [
        (one["valid_from"], -areas.index((one["level"], one["area_code"])), one["regime"])
        for one in world.of("area_decisions")
        if one["about"] == "REGIME"
        and (one["level"], one["area_code"]) in areas
        and one["valid_from"] <= moment
        and (one["valid_until"] == EPOCH or moment < one["valid_until"])
    ]
    return str(max(held)[2]) if held else "NONE"


def zero_scan_commune(world: World) -> Iterator[Found]:
    today = local_midnight(NOW)
    scanned = {scan.commune for scan in world.in_force if today - _DAY <= scan.event_time < today}
    for commune in AREAS:
        if _regime(world, commune, today - timedelta(milliseconds=1)) == "CT16":
            continue
        places = [place for place in world.places if place.commune_code == commune]
        if places and scanned and commune not in scanned:
            yield Found(
                key=f"{commune}:{_day(today - _DAY)}".encode(),
                event_time=today,
                area_code=commune,
                measure=len(places),
            )


def report_late(world: World) -> Iterator[Found]:
    due = local_midnight(NOW) - timedelta(hours=7)  # 17:00 yesterday; today it is half past two
    for province in {AREAS[place.commune_code][1] for place in world.places}:
        for minutes in (30, 10, 0):
            moment = due - timedelta(minutes=minutes)
            made = REPORTED.get(province)
            if made is None or made > moment:
                yield Found(
                    key=f"{province}:{_day(due)}:{minutes}".encode(),
                    event_time=moment,
                    area_code=province,
                    measure=minutes,
                    severity="WARNING" if minutes == 30 else "CRITICAL",
                )


ORACLES: dict[str, Callable[[World], Iterator[Found]]] = {
    oracle.__name__: oracle
    for oracle in (
        pass_expiring,
        symptom_escalation,
        missed_update,
        missed_update_resident,
        exposure_venue,
        trace_update,
        trace_contacts,
        impossible_travel,
        capacity,
        place_dormant,
        place_reminder,
        device_silent,
        risk_raised,
        lockdown_exit,
        zero_scan_commune,
        report_late,
    )
}
