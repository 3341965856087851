"""An immutable picture of the registry, as columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from schemas.enums import Category, Department, Flag
from streams.registry.index import IdIndex

Record = Mapping[str, Any]
Bytes = npt.NDArray[np.uint8]
Shorts = npt.NDArray[np.uint16]


def _milliseconds(instant: Any) -> int:
    return int(instant if isinstance(instant, int) else round(instant.timestamp() * 1000))


@dataclass(frozen=True, slots=True)
class Places:
    """Registered places; the row after the last is the unknown place (every column 0), so that -1 finds it."""

    index: IdIndex
    category: Bytes
    department: Bytes
    commune: Shorts

    @classmethod
    def build(cls, records: Mapping[int, Record]) -> Self:
        """Return the places of decoded `place` records, by identity."""
        rows = list(records.values())
        return cls(
            IdIndex.build(np.fromiter(records, np.int64, len(records))),
            np.array([*(Category[row["category"]] for row in rows), 0], np.uint8),
            np.array([*(Department[row["department"]] for row in rows), 0], np.uint8),
            np.array([*(row["commune_code"] for row in rows), 0], np.uint16),
        )

    def __len__(self) -> int:
        return len(self.category) - 1


@dataclass(frozen=True, slots=True)
class Areas:
    """Communes with their risk levels; the row after the last is the unknown commune.

    Decisions of commune row i are at ``starts[i]:starts[i + 1]`` of `since_ms` (ascending) and `level`.
    """

    index: IdIndex
    district: Shorts
    province: Bytes
    starts: npt.NDArray[np.int64]
    since_ms: npt.NDArray[np.int64]
    level: Bytes

    @classmethod
    def build(cls, records: Mapping[int, Record]) -> Self:
        """Return the areas of decoded `area` records, by commune code."""
        rows = list(records.values())
        decisions = [sorted((_milliseconds(risk["valid_from"]), risk["level"]) for risk in row["risk"]) for row in rows]
        flat = [decision for commune in decisions for decision in commune]
        return cls(
            IdIndex.build(np.fromiter(records, np.int64, len(records))),
            np.array([*(row["district_code"] for row in rows), 0], np.uint16),
            np.array([*(row["province_code"] for row in rows), 0], np.uint8),
            np.cumsum([0, *(len(commune) for commune in decisions), 0]),
            np.array([since for since, _ in flat], np.int64),
            np.array([level for _, level in flat], np.uint8),
        )

    def __len__(self) -> int:
        return len(self.province) - 1


@dataclass(frozen=True, slots=True)
class Devices:
    """Enrolled devices with the flags of their events; the row after the last is the unknown device.

    An event of a revoked device can come only past the gateway, from whoever writes to Kafka. It lands flagged: its
    event time would be made up, so it doesn't matter whether the event says that it is older than the revocation.
    """

    index: IdIndex
    flags: Shorts

    @classmethod
    def build(cls, records: Mapping[int, Record]) -> Self:
        """Return the devices of decoded `device` records, by identity."""
        flags = [int(Flag.DEVICE_REVOKED) if row["revoked"] else 0 for row in records.values()]
        return cls(
            IdIndex.build(np.fromiter(records, np.int64, len(records))),
            np.array([*flags, int(Flag.DEVICE_UNKNOWN)], np.uint16),
        )

    def __len__(self) -> int:
        return len(self.flags) - 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything enrichment looks up, as of one moment; threads may share it."""

    places: Places
    areas: Areas
    devices: Devices

    @classmethod
    def build(cls, *, places: Mapping[int, Record], areas: Mapping[int, Record], devices: Mapping[int, Record]) -> Self:
        """Return the snapshot of the latest decoded records of each kind."""
        return cls(Places.build(places), Areas.build(areas), Devices.build(devices))
