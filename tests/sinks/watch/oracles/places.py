"""Rules on places and devices: too full, or silent."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from schemas.stays import STAYS
from tests.sinks.watch.oracles.found import DAY, HOUR, Found, ms
from tests.sinks.watch.world import NOW, Place, World, local_midnight


def capacity(world: World) -> Iterator[Found]:
    last = {
        world.person(scan.subject): scan
        for scan in world.in_force
        if scan.event_time > NOW - DAY and (scan.direction in {"IN", "OUT"} or scan.feed == "checkpoint")
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
                key=f"{place.place_id}:{100 if full else 80}:{ms(hour) // 1000}".encode(),
                event_time=hour,
                place_id=place.place_id,
                area_code=place.commune_code,
                measure=len(inside),
                severity="CRITICAL" if full else "WARNING",
            )


def place_dormant(world: World) -> Iterator[Found]:
    for place, last in _dormant(world, 3):
        yield Found(
            key=f"{place.place_id}:{ms(last)}".encode(),
            event_time=last + 3 * DAY,
            place_id=place.place_id,
            area_code=place.commune_code,
            measure=3,
        )


def place_reminder(world: World) -> Iterator[Found]:
    for place, last in _dormant(world, 4):
        days = min(7, (NOW - last) // DAY)
        yield Found(
            key=f"{place.place_id}:{ms(last)}:{days - 3}".encode(),
            event_time=last + days * DAY,
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
        alarm = moment + HOUR
        if alarm <= max(heard.values()) and 7 <= (alarm + timedelta(hours=7)).hour <= 18 and not revoked:
            yield Found(
                key=f"{device}:{ms(moment)}".encode(),
                event_time=alarm,
                place_id=place,
                about_device=device,
                measure=60,
            )


def _dormant(world: World, days: int) -> Iterator[tuple[Place, datetime]]:
    """Yield the open places without a scan for some days or more, and when they were active last."""
    for place in world.places:
        lives = [one for one in world.of("place_events") if one["place_id"] == place.place_id]
        opened = [one["action"] for one in lives if one["action"] in {"CLOSED", "REOPENED"}]
        active = [scan.event_time for scan in world.in_force if scan.place_id == place.place_id]
        active += [one.event_time for one in lives if one["action"] in {"QR_POSTED", "REOPENED"}]
        if active and max(active) <= NOW - days * DAY and opened[-1:] != ["CLOSED"]:
            yield place, max(active)
