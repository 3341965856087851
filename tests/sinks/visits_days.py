"""What people did on a day, and the visits the rules make of it."""

from datetime import UTC, datetime, timedelta

from schemas.enums import Category, Direction
from tests.sinks.visits_oracle import Scan

#: Midnight in Vietnam, of a Tuesday.
MIDNIGHT = datetime(2021, 5, 31, 17, tzinfo=UTC)
IN, OUT, PASS = Direction.IN, Direction.OUT, Direction.PASS
#: What a person did (hour of the day, direction, place), and the visits of it (place, start, end, what is imputed).
DAY: dict[str, tuple[list[tuple[float, Direction, str]], list[tuple[str, float, float, str]]]] = {
    "in and out are a visit": ([(9, IN, "cafe"), (9.5, OUT, "cafe")], [("cafe", 9, 9.5, "")]),
    "a way out far later counts the same day": ([(9, IN, "cafe"), (20, OUT, "cafe")], [("cafe", 9, 20, "")]),
    "without a way out the default counts": ([(9, IN, "cafe")], [("cafe", 9, 11, "end")]),
    "a supermarket takes less": ([(9, IN, "supermarket")], [("supermarket", 9, 10.5, "end")]),
    "midnight ends it": ([(23, IN, "cafe")], [("cafe", 23, 24, "end")]),
    "a way out after midnight is another visit": (
        [(23, IN, "cafe"), (24.5, OUT, "cafe")],
        [("cafe", 23, 24, "end"), ("cafe", 24, 24.5, "start")],
    ),
    "a night shift passes midnight": ([(20, IN, "factory")], [("factory", 20, 32, "end")]),
    "so does its way out": ([(22, IN, "factory"), (30, OUT, "factory")], [("factory", 22, 30, "")]),
    "a night at a hotel is a day": ([(15, IN, "hotel")], [("hotel", 15, 39, "end")]),
    "a week at a hotel is a visit": ([(15, IN, "hotel"), (183, OUT, "hotel")], [("hotel", 15, 183, "")]),
    "the next way in ends it": (
        [(9, IN, "cafe"), (9.5, IN, "supermarket"), (10, OUT, "supermarket")],
        [("cafe", 9, 9.5, "end"), ("supermarket", 9.5, 10, "")],
    ),
    "the same place again ends it": (
        [(9, IN, "cafe"), (10, IN, "cafe"), (10.5, OUT, "cafe")],
        [("cafe", 9, 10, "end"), ("cafe", 10, 10.5, "")],
    ),
    "a place within a place interrupts nothing that was seen to end": (
        [(8, IN, "hospital"), (9, IN, "cafe"), (10, OUT, "cafe"), (12, OUT, "hospital")],
        [("hospital", 8, 12, ""), ("cafe", 9, 10, "")],
    ),
    "a way out alone began a default before": ([(15, OUT, "cafe")], [("cafe", 13, 15, "start")]),
    "but not before midnight": ([(1, OUT, "cafe")], [("cafe", 0, 1, "start")]),
    "nor before the scan before": (
        [(14, IN, "supermarket"), (14.5, OUT, "supermarket"), (15, OUT, "cafe")],
        [("supermarket", 14, 14.5, ""), ("cafe", 14.5, 15, "start")],
    ),
    "a checkpoint is a point and ends what is open": (
        [(9, IN, "cafe"), (10, PASS, "checkpoint")],
        [("cafe", 9, 10, "end"), ("checkpoint", 10, 10, "")],
    ),
    "a gate that tells no direction is a point and ends nothing": (
        [(9, IN, "cafe"), (10, PASS, "supermarket")],
        [("cafe", 9, 11, "end"), ("supermarket", 10, 10, "")],
    ),
    "a bus without a trip": ([(9, IN, "bus")], [("bus", 9, 13, "end")]),
    "a trip ends with the last who gets off": ([(9, IN, "trip")], [("trip", 9, 15, "end")]),
    "another trip of the same bus": (
        [(9, IN, "trip"), (16, IN, "next trip"), (17, OUT, "next trip")],
        [("trip", 9, 15, "end"), ("next trip", 16, 17, "")],
    ),
    "somebody else of that trip": ([(8, IN, "trip"), (15, OUT, "trip")], [("trip", 8, 15, "")]),
}  # fmt: skip
PLACES = {
    "cafe": (1, Category.CAFE, "venue", 0),
    "supermarket": (2, Category.SUPERMARKET, "venue", 0),
    "factory": (3, Category.FACTORY, "venue", 0),
    "hotel": (4, Category.HOTEL, "venue", 0),
    "hospital": (5, Category.HOSPITAL, "venue", 0),
    "checkpoint": (6, Category.UNKNOWN, "checkpoint", 0),
    "bus": (7, Category.UNKNOWN, "vehicle", 0),
    "trip": (7, Category.PUBLIC_TRANSPORT_VEHICLE, "vehicle", 70),
    "next trip": (7, Category.PUBLIC_TRANSPORT_VEHICLE, "vehicle", 71),
}
NAMES = {(place, trip): name for name, (place, _, _, trip) in PLACES.items()}


def hour(hours: float) -> datetime:
    """Return a time of the day, or of those around it."""
    return MIDNIGHT + timedelta(hours=hours)


def scan_at(number: int, person: int, hours: float, direction: Direction, where: str) -> Scan:
    """Return a scan at one of the places."""
    place, category, feed, trip = PLACES[where]
    return Scan(
        number=number,
        person=person,
        place=place,
        at=hour(hours),
        direction=direction,
        category=category,
        feed=feed,
        trip=trip,
    )
