"""How long a visit is taken to last when nobody scanned the way out, for each category of place.

The orders say nothing about a missing way out. The defaults follow what comparable systems did: a default for each kind
of place (Corona-Warn-App), automatic check-out at midnight (NHS COVID-19) and after a day (luca).
"""

from dataclasses import dataclass

from schemas.enums import Category

_DAY = 1_440
#: As long as a scan may come late: an older way in may not have landed yet.
_FOUR_WEEKS = 28 * _DAY


@dataclass(frozen=True, slots=True)
class Stay:
    """The rule of one category.

    `stay_minutes` is what is assumed without a way out, at most a day; 0 makes every scan a point in time.
    `most_minutes` is how long after the way in a way out still belongs to it. Visits end at local midnight at the
    latest unless the place is open `overnight`.
    """

    stay_minutes: int
    most_minutes: int = _DAY
    overnight: bool = False


_COUNTER = Stay(120)
_MEAL = Stay(120)
_SHOPPING = Stay(90)
_TREATMENT = Stay(480)
_WORK = Stay(720)
_LODGING = Stay(1_440, _FOUR_WEEKS, overnight=True)

STAYS: dict[Category, Stay] = {
    Category.UNKNOWN: _COUNTER,
    Category.AGENCY_HQ: _WORK,
    Category.CITIZEN_RECEPTION: _COUNTER,
    Category.PUBLIC_ADMIN_CENTER: _COUNTER,
    Category.ONE_STOP_DISTRICT: _COUNTER,
    Category.ONE_STOP_COMMUNE: _COUNTER,
    Category.ONE_STOP_VERTICAL: _COUNTER,
    Category.HOSPITAL: _TREATMENT,
    Category.HEALTH_FACILITY: _TREATMENT,
    Category.SCHOOL: _WORK,
    Category.TRAINING: _WORK,
    Category.COMPANY: _WORK,
    # A shift that begins after noon may end after midnight.
    Category.FACTORY: Stay(720, overnight=True),
    Category.PRODUCTION_BUSINESS: _WORK,
    Category.SUPERMARKET: _SHOPPING,
    Category.HOTEL: _LODGING,
    Category.LODGING: _LODGING,
    Category.RESTAURANT: _MEAL,
    Category.EATERY: _MEAL,
    Category.CAFE: _MEAL,
    # Used where the trip's end is not known.
    Category.PUBLIC_TRANSPORT_VEHICLE: Stay(240),
    Category.PUBLIC_SERVICE_POINT: _COUNTER,
    Category.STATE_AGENCY: _WORK,
    Category.PUBLIC_PLACE: _COUNTER,
    Category.CROWDED_PLACE: _COUNTER,
    Category.CHECKPOINT: Stay(0, 0),
    Category.ISOLATION_SITE: _LODGING,
    Category.OTHER: _COUNTER,
    Category.MARKET: _SHOPPING,
    Category.PARK: _COUNTER,
    Category.APARTMENT_BLOCK: _WORK,
}
