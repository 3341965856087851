"""Rules on people: their passes, how they are, and whether they told it."""

from collections.abc import Iterator
from itertools import groupby

from schemas.enums import Category
from tests.sinks.watch.oracles.found import DAY, Found, day_of, hexed, last_of, ms
from tests.sinks.watch.world import EPOCH, NOW, SINCE, Report, World, local_midnight


def pass_expiring(world: World) -> Iterator[Found]:
    for told in last_of(world.of("passes"), "pass_id"):
        revoked = max((one.event_time for one in told if one["action"] == "REVOKED"), default=EPOCH)
        grants = [one for one in told if one["action"] != "REVOKED" and one.event_time > revoked]
        best = max(grants, key=lambda one: (one["valid_until"], one.event_time, one.event_id), default=None)
        if best and NOW < best["valid_until"] <= NOW + DAY:
            yield Found(
                key=f"{best['pass_id'].hex().upper()}:{ms(best['valid_until'])}".encode(),
                event_time=best["valid_until"] - DAY,
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
                    key=hexed(report.event_id),
                    event_time=report.event_time,
                    subject=report.subject,
                    evidence=report.event_id,
                    area_code=report["commune_code"],
                    measure=symptoms.bit_count(),
                    severity="CRITICAL" if symptoms & 4 else "WARNING",
                    role="COMMUNE" if report.table == "declarations" else "ISOLATION_MANAGER",
                )
            before = symptoms.bit_count()


def missed_update(world: World) -> Iterator[Found]:
    today = local_midnight(NOW)
    for assigned, _ in _isolated(world):
        subject = assigned.subject
        first_due = local_midnight(assigned["starts"] + DAY / 2)
        updates = _updates(world, world.person(subject))
        last = max((local_midnight(one.event_time) for one in updates), default=EPOCH)
        if last < today - DAY:
            streak = (today - DAY - max(last, first_due - DAY)) // DAY
            yield Found(
                key=f"{subject.hex().upper()}:{day_of(today - DAY)}".encode(),
                event_time=today,
                subject=subject,
                place_id=assigned["site_id"],
                area_code=assigned["commune_code"],
                measure=streak,
                severity="CRITICAL" if streak >= 2 else "WARNING",
            )


def missed_update_resident(world: World) -> Iterator[Found]:
    today = local_midnight(NOW)
    noon = today - DAY / 2
    isolated = {world.person(assigned.subject) for assigned, _ in _isolated(world)}
    in_force: dict[bytes, Report] = {}
    for told in last_of(world.of("lockdowns"), "lockdown_id"):
        begun = [one for one in told if one["valid_from"] <= noon]
        open_end = bool(begun) and begun[-1]["valid_until"] == EPOCH and begun[-1]["action"] != "ENDED"
        if begun and (begun[-1]["valid_until"] > noon or open_end):
            in_force[begun[-1]["lockdown_id"]] = begun[-1]
    for person in {world.person(one.subject) for one in world.of("health_updates")} - isolated:
        updates = _updates(world, person)
        if not updates or updates[-1].event_time >= today - DAY or updates[-1]["scope"] != "LOCKDOWN":
            continue
        if lockdown := in_force.get(updates[-1]["assignment_id"]):
            last, streak = updates[-1], (today - DAY - local_midnight(updates[-1].event_time)) // DAY
            yield Found(
                key=f"{last.subject.hex().upper()}:{day_of(today - DAY)}".encode(),
                event_time=today,
                subject=last.subject,
                area_code=lockdown["area_code"],
                measure=streak,
                severity="CRITICAL" if streak >= 2 else "WARNING",
            )


def lockdown_exit(world: World) -> Iterator[Found]:
    lockdowns = {told[-1]["lockdown_id"]: told[-1] for told in last_of(world.of("lockdowns"), "lockdown_id")}
    for scan in world.in_force:
        person = world.person(scan.subject)
        mine = [one for one in world.of("health_updates") if world.person(one.subject) == person]
        reported = [one for one in mine if one.event_time <= scan.event_time]
        if scan.logged_at < SINCE or not reported or reported[-1]["scope"] != "LOCKDOWN":
            continue
        lockdown = lockdowns.get(reported[-1]["assignment_id"])
        excused = {Category.HOSPITAL, Category.HEALTH_FACILITY, Category.ISOLATION_SITE}
        if lockdown is None or scan.category in excused:
            continue
        where = {"PROVINCE": scan.province, "DISTRICT": scan.district}.get(lockdown["level"], scan.commune)
        over = lockdown.event_time if lockdown["action"] == "ENDED" else NOW + DAY
        ends = lockdown["valid_until"] if lockdown["valid_until"] > EPOCH else over
        if where != lockdown["area_code"] and lockdown["valid_from"] <= scan.event_time < ends:
            yield Found(
                key=hexed(scan.scan_id),
                event_time=scan.event_time,
                subject=scan.subject,
                evidence=scan.scan_id,
                place_id=scan.place_id,
                area_code=lockdown["area_code"],
            )


def _isolated(world: World) -> list[tuple[Report, Report]]:
    """Return the assignment in force yesterday noon of each isolated person, with what was told of it last."""
    noon, found = local_midnight(NOW) - DAY / 2, list[tuple[Report, Report]]()
    for told in last_of(world.of("isolations"), "isolation_id"):
        assigned = [one for one in told if one["action"] == "ASSIGNED"]
        ended = [one.event_time for one in told if one["action"] == "ENDED" and one.event_time <= noon]
        if not assigned or max(ended, default=EPOCH) >= assigned[0].event_time:
            continue
        if assigned[0]["starts"] <= noon < assigned[0]["starts"] + DAY * assigned[0]["days"]:
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
