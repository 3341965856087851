"""The register of places: what a place is, and how it gets into the reference topic."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy.kafka.latest import latest_keys
from deploy.kafka.publish import NotAcknowledged, publish_all
from deploy.user_error import UserError
from schemas.kinds import PLACES
from schemas.wire import encode

COLUMNS = (
    "place_id",
    "name",
    "category",
    "department",
    "commune_code",
    "capacity",
    "mandate_ref",
    "owner_unit",
    "owner_head_role",
)


@dataclass(frozen=True, slots=True)
class Place:
    """The state of one place, as the Avro record has it, without the time of recording."""

    fields: Mapping[str, Any]

    @property
    def key(self) -> bytes:
        """Return the key in the reference topic."""
        return b"%d" % self.fields["place_id"]


def publish_places(
    bootstrap: str, places: Sequence[Place], *, now: Callable[[], datetime], on_place: Callable[[int], object]
) -> None:
    """Publish `places` as recorded now; returns when Kafka has acknowledged all, else raises UserError.

    `on_place` is called with 1 as each place is handed over.
    """
    updated_ms = int(now().timestamp() * 1_000)
    messages = ((place.key, encode(PLACES, {**place.fields, "updated_at": updated_ms})) for place in places)
    try:
        publish_all(bootstrap, PLACES.topic, messages, on_message=on_place)
    except NotAcknowledged as problem:
        raise UserError(
            f"Kafka did not acknowledge {problem.count} of {len(places)} places{problem.why}; import the file again."
        ) from None


def known_places(bootstrap: str) -> set[int]:
    """Return the numbers of the places in the register; raise UserError if it can't be read."""
    return {int(key) for key in latest_keys(bootstrap, PLACES.topic) if key.isdigit()}
