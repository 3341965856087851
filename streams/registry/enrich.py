"""Look up what is known of each event's place or commune, as of its event time."""

from collections.abc import Mapping
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
    """Columns added to n events, by name; zeros and a flag where the registry knows nothing."""

    flags: npt.NDArray[np.uint16]
    columns: Mapping[str, npt.NDArray[np.generic]]


@numba.njit(cache=True, nogil=True)
def _hold(rows, event_ms, starts, since_ms, level, regime, levels, regimes):  # type: ignore[no-untyped-def]
    for index in range(len(rows)):
        levels[index], regimes[index] = 0, 0
        if rows[index] < 0:
            continue
        first = starts[rows[index]]
        for step in range(starts[rows[index] + 1] - 1, first - 1, -1):
            if since_ms[step] <= event_ms[index]:
                levels[index], regimes[index] = level[step], regime[step]
                break


def decided(
    areas: Areas, rows: npt.NDArray[np.int32], event_ms: Ints
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int8]]:
    """Return the risk level and the regime that held in each commune row at each time; 0 where nothing was decided."""
    levels, regimes = np.empty(len(rows), np.uint8), np.empty(len(rows), np.int8)
    _hold(rows, event_ms, areas.starts, areas.since_ms, areas.level, areas.regime, levels, regimes)
    return levels, regimes


def enrich(
    snapshot: Snapshot,
    *,
    device_ids: Ints,
    event_ms: Ints,
    place_ids: Ints | None = None,
    commune_codes: Ints | None = None,
) -> Enrichment:
    """Return what is known of the events' places, else of their communes, as of `event_ms`.

    Columns have the events' length and order: category, department and commune where there are `place_ids`, and
    district, province, risk level and regime where there are those or `commune_codes`.
    """
    places, devices = snapshot.places, snapshot.devices
    flags = devices.flags[devices.index.rows(device_ids)]
    columns: dict[str, npt.NDArray[np.generic]] = {}
    if place_ids is not None:
        rows = places.index.rows(place_ids)
        flags[rows == UNKNOWN] |= int(Flag.PLACE_UNKNOWN)
        columns = {
            "category": places.category[rows],
            "department": places.department[rows],
            "commune": places.commune[rows],
        }
        commune_codes = places.commune[rows].astype(np.int64)
    if commune_codes is not None:
        columns |= _area(snapshot.areas, commune_codes, event_ms, flags)
    return Enrichment(flags, columns)


def _area(
    areas: Areas, commune_codes: Ints, event_ms: Ints, flags: npt.NDArray[np.uint16]
) -> dict[str, npt.NDArray[np.generic]]:
    rows = areas.index.rows(commune_codes)
    flags[rows == UNKNOWN] |= int(Flag.AREA_UNKNOWN)
    levels, regimes = decided(areas, rows, event_ms)
    return {
        "district": areas.district[rows],
        "province": areas.province[rows],
        "risk_level": levels,
        "regime": regimes,
    }
