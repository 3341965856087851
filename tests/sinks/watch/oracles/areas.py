"""Rules on areas: decided on, without scans, without their report."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.sinks.watch.oracles.found import DAY, Found, day_of, hexed
from tests.sinks.watch.world import AREAS, EPOCH, NOW, REPORTED, SINCE, World, local_midnight


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
                    key=hexed(one.event_id),
                    event_time=one.event_time,
                    evidence=one.event_id,
                    area_code=one["area_code"],
                    measure=one["risk_level"],
                    severity="CRITICAL" if one["risk_level"] == 4 else "WARNING",
                    role=roles[one["level"]],
                )
            level, until = one["risk_level"], one["valid_until"]


def zero_scan_commune(world: World) -> Iterator[Found]:
    today = local_midnight(NOW)
    scanned = {scan.commune for scan in world.in_force if today - DAY <= scan.event_time < today}
    for commune in AREAS:
        if _regime(world, commune, today - timedelta(milliseconds=1)) == "CT16":
            continue
        places = [place for place in world.places if place.commune_code == commune]
        if places and scanned and commune not in scanned:
            yield Found(
                key=f"{commune}:{day_of(today - DAY)}".encode(),
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
                    key=f"{province}:{day_of(due)}:{minutes}".encode(),
                    event_time=moment,
                    area_code=province,
                    measure=minutes,
                    severity="WARNING" if minutes == 30 else "CRITICAL",
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
