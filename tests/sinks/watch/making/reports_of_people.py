"""What is told of people: passes, how they are, isolations, cases, and which documents are one person's."""

from collections.abc import Iterator
from datetime import timedelta

from tests.sinks.watch.making.cast import Cast
from tests.sinks.watch.world import AREAS, EPOCH, NOW, Report


def reports_of_people(cast: Cast) -> Iterator[Report]:
    """Yield passes, declarations and updates, isolations and cases."""
    for make in (_passes, _health, _isolations, _cases):
        yield from make(cast)


def residents(cast: Cast) -> Iterator[Report]:
    """Tell of people who were last heard of days ago, each from one of the lockdowns."""
    for _ in range(15):
        yield cast.report(
            "health_updates",
            cast.chance.randbytes(16),
            NOW - timedelta(hours=cast.chance.randrange(36, 110)),
            scope="LOCKDOWN",
            assignment_id=bytes([cast.chance.choice([1, 2, 3, 4, 5])]) * 16,
            status="SUBMITTED",
            symptoms=0,
            temperature_c10=0,
            commune_code=0,
        )


def links(cast: Cast) -> Iterator[Report]:
    """Link documents in pairs, and six in a chain."""
    for one, other in [(0, 1), (2, 3), (4, 5), (5, 6), (6, 11), (11, 12), (12, 13), (7, 8), (9, 10)]:
        yield cast.report("identity_links", cast.people[one], cast.moment(9), other=cast.people[other])


def _passes(cast: Cast) -> Iterator[Report]:
    for _ in range(25):
        pass_id, person, moment = cast.chance.randbytes(16), cast.chance.choice(cast.people), cast.moment(4)
        for action in ["ISSUED", *cast.chance.choice([[], ["RENEWED"], ["REVOKED"], ["REVOKED", "RENEWED"]])]:
            until = moment + timedelta(hours=cast.chance.choice([12, 24, 72]))
            yield cast.report("passes", person, moment, pass_id=pass_id, action=action, valid_until=until)
            moment = min(NOW, moment + timedelta(hours=cast.chance.randrange(1, 40)))


def _health(cast: Cast) -> Iterator[Report]:
    for _ in range(150):
        person, symptoms = cast.chance.choice(cast.people), cast.chance.choice([0, 0, 1, 2, 6, 24, 68])
        yield cast.report(
            "declarations", person, cast.moment(6), symptoms=symptoms, commune_code=cast.chance.choice(list(AREAS))
        )
    for _ in range(150):
        person = cast.chance.choice(cast.people)
        asked = cast.chance.random() < 0.8
        yield cast.report(
            "health_updates",
            person,
            cast.moment(6),
            scope=cast.chance.choice(["ISOLATION", "LOCKDOWN"]),
            assignment_id=bytes([cast.chance.choice([1, 2, 3, 4, 5])]) * 16,
            status="SUBMITTED" if asked else "REFUSED",
            symptoms=cast.chance.choice([0, 0, 2, 5, 10]) if asked else 0,
            temperature_c10=cast.chance.choice([0, 365, 374, 375, 390]),
            commune_code=cast.chance.choice(list(AREAS)),
        )


def _isolations(cast: Cast) -> Iterator[Report]:
    for person in cast.people[:20]:
        begins = cast.moment(6)
        ended = cast.moment(5) if cast.chance.random() < 0.2 else None
        place = cast.chance.choice(cast.places)
        for action, moment in [("ASSIGNED", begins - timedelta(hours=1)), *([("ENDED", ended)] if ended else [])]:
            yield cast.report(
                "isolations",
                person,
                moment,
                isolation_id=person[:8] * 2,
                action=action,
                site_id=place.place_id,
                commune_code=place.commune_code,
                starts=begins,
                days=cast.chance.choice([2, 14]),
            )


def _cases(cast: Cast) -> Iterator[Report]:
    for _ in range(8):
        case_id, person = cast.chance.randbytes(16), cast.chance.choice(cast.people)
        for status in cast.chance.choice([["SUSPECTED"], ["CONFIRMED"], ["SUSPECTED", "CONFIRMED"], ["REJECTED"]]):
            moment = cast.moment(5)
            begins = cast.chance.choice([EPOCH, moment - timedelta(days=3)])
            yield cast.report(
                "cases",
                person,
                moment,
                case_id=case_id,
                status=status,
                onset=cast.chance.choice([EPOCH, moment - timedelta(days=1)]),
                infectious_from=begins,
                infectious_until=cast.chance.choice([EPOCH, moment + timedelta(days=1)]),
            )
