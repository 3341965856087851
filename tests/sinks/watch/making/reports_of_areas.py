"""What is told of areas and places: decisions, lockdowns, what became of a place, and where somebody was exposed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from tests.sinks.watch.making.cast import Cast
from tests.sinks.watch.world import EPOCH, NOW, Report, Scan, local_midnight


def reports_of_areas(cast: Cast) -> Iterator[Report]:
    """Yield decisions, lockdowns, and steps in the lives of places and devices."""
    for make in (_decisions, _lockdowns, _lives):
        yield from make(cast)


def exposures(cast: Cast, scans: Sequence[Scan]) -> Iterator[Report]:
    """Tell, by alerts that landed, that cases were at the places of some of the scans."""
    for scan in cast.chance.sample(scans, 20):
        told = cast.report("alerts", bytes(16), local_midnight(scan.event_time), place_id=scan.place_id)
        told.own["type"] = "EXPOSURE_VENUE"
        yield replace(told, logged_at=NOW - timedelta(hours=cast.chance.randrange(1, 5)))


def _decisions(cast: Cast) -> Iterator[Report]:
    for _ in range(40):
        moment = cast.moment(6)
        begins = moment + timedelta(hours=cast.chance.randrange(-48, 48))
        yield cast.report(
            "area_decisions",
            cast.chance.randbytes(16),
            moment,
            about="RISK",
            level=cast.chance.choice(["COMMUNE", "DISTRICT", "PROVINCE"]),
            area_code=cast.chance.choice([38, 94]),
            risk_level=cast.chance.randrange(1, 5),
            regime="NONE",
            valid_from=begins,
            valid_until=cast.chance.choice([EPOCH, EPOCH, begins + timedelta(hours=20)]),
        )

    for level, area in [("PROVINCE", 75), ("DISTRICT", 731), ("DISTRICT", 732), ("COMMUNE", 26017)] * 3:
        begins = cast.moment(6)
        yield cast.report(
            "area_decisions",
            cast.chance.randbytes(16),
            begins,
            about="REGIME",
            level=level,
            area_code=area,
            risk_level=0,
            regime=cast.chance.choice(["NONE", "CT15", "CT16", "CT16"]),
            valid_from=begins,
            valid_until=cast.chance.choice([EPOCH, begins + timedelta(hours=30)]),
        )


def _lockdowns(cast: Cast) -> Iterator[Report]:
    areas = [("HAMLET", 14758), ("COMMUNE", 18070), ("DISTRICT", 380), ("PROVINCE", 94), ("COMMUNE", 31498)]
    for number, (level, area) in enumerate(areas, start=1):
        begins = cast.moment(6)
        for action in ["STARTED", *cast.chance.choice([[], ["ENDED"], ["CHANGED"]])]:
            yield cast.report(
                "lockdowns",
                bytes([number]) * 16,
                begins if action == "STARTED" else cast.moment(1),
                lockdown_id=bytes([number]) * 16,
                action=action,
                level=level,
                area_code=area,
                valid_from=begins,
                valid_until=cast.chance.choice([EPOCH, begins + timedelta(days=4)]),
            )


def _lives(cast: Cast) -> Iterator[Report]:
    for place in (1, 2, 3, 20, 21):
        for action in cast.chance.choice([["QR_POSTED"], ["QR_POSTED", "CLOSED"], ["CLOSED", "REOPENED"]]):
            yield cast.report("place_events", bytes(16), cast.moment(9), place_id=place, action=action)
    for device in range(1, 13):
        yield cast.report("heartbeats", bytes(16), cast.moment(0.4), device_id=device)
