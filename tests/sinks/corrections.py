"""Corrections that have landed."""

from dataclasses import dataclass
from datetime import datetime

from tests.sinks.conftest import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A correction of the event with the identity `corrects`; it withdraws it unless there is a `replacement`."""

    number: int
    corrects: bytes
    at: datetime
    replacement: bytes = bytes(16)

    @property
    def event_id(self) -> bytes:
        """Its own identity."""
        return b"correction" + self.number.to_bytes(6, "big")


def land_corrections(database: Database, *corrections: Correction) -> None:
    """Insert rows as the sink would."""
    columns = ["event_id", "corrects", "action", "replacement", "event_time", "logged_at", "feed", "verdict"]
    rows = [
        [
            one.event_id,
            one.corrects,
            "REPLACE" if any(one.replacement) else "WITHDRAW",
            one.replacement,
            one.at,
            one.at,
            "correction",
            "ACCEPTED",
        ]
        for one in corrections
    ]
    database.client.insert("corrections", rows, column_names=columns, database=database.name)
