"""Look up what is known of each scan's place, as of its event time."""

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from schemas.enums import Flag
from streams.registry.index import UNKNOWN
from streams.registry.snapshot import Areas, Snapshot

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Enrichment:
    """Columns added to n scans; zeros and a flag where the registry knows nothing."""

    category: npt.NDArray[np.uint8]
    department: npt.NDArray[np.uint8]
    commune: npt.NDArray[np.uint16]
    district: npt.NDArray[np.uint16]
    province: npt.NDArray[np.uint8]
    risk_level: npt.NDArray[np.uint8]
    flags: npt.NDArray[np.uint16]


@numba.njit(cache=True, nogil=True)
def _levels(rows, event_ms, starts, since_ms, level, levels):  # type: ignore[no-untyped-def]
    for index in range(len(rows)):
        levels[index] = 0
        if rows[index] < 0:
            continue
        first = starts[rows[index]]
        for decision in range(starts[rows[index] + 1] - 1, first - 1, -1):
            if since_ms[decision] <= event_ms[index]:
                levels[index] = level[decision]
                break


def risk_levels(areas: Areas, rows: npt.NDArray[np.int32], event_ms: Ints) -> npt.NDArray[np.uint8]:
    """Return the risk level of each commune row at each time: the last decision valid from then or before, else 0."""
    levels = np.empty(len(rows), np.uint8)
    _levels(rows, event_ms, areas.starts, areas.since_ms, areas.level, levels)
    return levels


def enrich(snapshot: Snapshot, *, place_ids: Ints, device_ids: Ints, event_ms: Ints) -> Enrichment:
    """Return what is known of the scans' places and areas; columns have the scans' length and order."""
    places, areas = snapshot.places, snapshot.areas
    place_rows = places.index.rows(place_ids)
    commune = places.commune[place_rows]
    area_rows = areas.index.rows(commune.astype(np.int64))
    device_rows = snapshot.devices.rows(device_ids)
    flags = np.zeros(len(place_ids), np.uint16)
    flags[place_rows == UNKNOWN] |= int(Flag.PLACE_UNKNOWN)
    flags[area_rows == UNKNOWN] |= int(Flag.AREA_UNKNOWN)
    flags[device_rows == UNKNOWN] |= int(Flag.DEVICE_UNKNOWN)
    return Enrichment(
        category=places.category[place_rows],
        department=places.department[place_rows],
        commune=commune,
        district=areas.district[area_rows],
        province=areas.province[area_rows],
        risk_level=risk_levels(areas, area_rows, event_ms),
        flags=flags,
    )
