"""What must be in a peer's table, and the registry a peer enriches from."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from loadtest.fleet import Fleet
from loadtest.peers.common.place_file import Place
from loadtest.published import Published
from loadtest.registry import reference_messages
from loadtest.scenario import Shares
from schemas.admin_units import communes
from schemas.enums import Category, Department
from schemas.kinds import PLACES
from schemas.wire import decode

#: The usual mix without what only our own rules reject or only some decoders notice: peers must not be blamed for a
#: missing check of clocks and keys, and every event is sound.
SHARES = Shares(malformed=0.0, invalid=0.0, too_old=0.0, future=0.0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many rows a peer has to write; `unique` of them differ in scan_id."""

    rows: int
    unique: int


def wanted(published: Published, *, deduplicated: bool = True) -> Wanted:
    """Return the rows of all sound events, each scan_id once if `deduplicated`."""
    ids = published.scan_id[published.reason == 0]
    unique = len(np.unique(np.ascontiguousarray(ids).view(np.dtype((np.void, ids.shape[1]))).ravel()))
    return Wanted(unique if deduplicated else len(ids), unique)


def places_of(fleet: Fleet) -> Iterator[tuple[int, Place]]:
    """Yield each registered place: its number and what scans there are enriched with."""
    units = {commune.code: commune for commune in communes()}
    for kind, _, message in reference_messages(fleet, updated_ms=0):
        if kind is PLACES:
            _, place = decode(message)
            unit = units[place["commune_code"]]
            yield (
                place["place_id"],
                {
                    "category": int(Category[place["category"]]),
                    "department": int(Department[place["department"]]),
                    "commune": unit.code,
                    "district": unit.district_code,
                    "province": unit.province_code,
                },
            )
