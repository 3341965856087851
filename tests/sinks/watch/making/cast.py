"""Whom and what a world is made of: people, places, and chance."""

import random
from datetime import datetime, timedelta
from typing import Any

from schemas.enums import Category
from tests.sinks.watch.world import AREAS, NOW, Place, Report


class Cast:
    """Thirty people and a dozen places, and what is drawn of them. The same draws in the same order give the same."""

    def __init__(self, chance: random.Random) -> None:
        """Draw them."""
        self.chance = chance
        self.people = [chance.randbytes(16) for _ in range(30)]
        communes = list(AREAS)
        kinds = [Category.CAFE, Category.HOSPITAL, Category.SCHOOL, Category.CHECKPOINT, Category.ISOLATION_SITE]
        self.places = [
            Place(
                place_id=number,
                category=chance.choice(kinds),
                commune_code=communes[number % 5],  # the last two have places where nobody goes
                capacity=chance.choice([0, 1, 2, 3, 5]),
            )
            for number in range(1, 13)
        ]
        idle = [
            Place(place_id=number, category=Category.PARK, commune_code=commune, capacity=0)
            for number, commune in ((20, 26017), (21, 26017), (22, 26071))
        ]
        self.registered = [*self.places, *idle]

    def moment(self, days: float) -> datetime:
        """Draw a time within the last days."""
        return NOW - timedelta(milliseconds=self.chance.randrange(1, int(days * 86_400_000)))

    def report(self, table: str, subject: bytes, moment: datetime, **own: Any) -> Report:
        """Return a report with an identity of its own, which landed soon."""
        return Report(
            table=table,
            event_id=self.chance.randbytes(16),
            subject=subject,
            event_time=moment,
            logged_at=min(NOW, moment + timedelta(milliseconds=700)),
            own=own,
        )
