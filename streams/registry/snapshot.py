"""An immutable picture of the registry, as columns."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from schemas.enums import Category, Department, Flag
from schemas.report_enums import AreaLevel, DecisionAbout
from streams.registry.decisions import Decision, Step, steps_of
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
    """Communes with what was decided on them; the row after the last is the unknown commune.

    What holds in commune row i over time is at ``starts[i]:starts[i + 1]`` of `since_ms` (ascending), `level` (of risk)
    and `regime`.
    """

    index: IdIndex
    district: Shorts
    province: Bytes
    starts: npt.NDArray[np.int64]
    since_ms: npt.NDArray[np.int64]
    level: Bytes
    regime: npt.NDArray[np.int8]

    @classmethod
    def build(cls, records: Mapping[int, Record], decisions: Iterable[Decision] = ()) -> Self:
        """Return the areas of decoded `area` records, by commune code, as `decisions` on any level rule them."""
        rows = list(records.values())
        steps = _standing(rows, decisions)
        flat = [step for commune in steps for step in commune]
        return cls(
            IdIndex.build(np.fromiter(records, np.int64, len(records))),
            np.array([*(row["district_code"] for row in rows), 0], np.uint16),
            np.array([*(row["province_code"] for row in rows), 0], np.uint8),
            np.cumsum([0, *(len(commune) for commune in steps), 0]),
            np.array([step.since_ms for step in flat], np.int64),
            np.array([step.risk_level for step in flat], np.uint8),
            np.array([step.regime for step in flat], np.int8),
        )

    def __len__(self) -> int:
        return len(self.province) - 1


_Area = tuple[AreaLevel, int]


def _standing(rows: Sequence[Record], decisions: Iterable[Decision]) -> list[tuple[Step, ...]]:
    """Return the steps of each commune; communes that the same areas' decisions rule share them."""
    everything = [*decisions, *(one for row in rows for one in _registered(row))]
    on_area: dict[_Area, list[tuple[int, Decision]]] = defaultdict(list)
    for order, decision in enumerate(sorted(everything, key=lambda one: one.rank)):
        on_area[decision.level, decision.area_code].append((order, decision))
    shared: dict[tuple[_Area, ...], tuple[Step, ...]] = {}
    found = []
    for row in rows:
        ruled = tuple(area for area in _areas_of(row) if area in on_area)
        if ruled not in shared:
            ordered = sorted(ranked for area in ruled for ranked in on_area[area])
            shared[ruled] = steps_of([decision for _, decision in ordered])
        found.append(shared[ruled])
    return found


def _areas_of(row: Record) -> tuple[_Area, ...]:
    return (
        (AreaLevel.COMMUNE, row["commune_code"]),
        (AreaLevel.DISTRICT, row["district_code"]),
        (AreaLevel.PROVINCE, row["province_code"]),
    )


def _registered(row: Record) -> list[Decision]:
    """Return the risk levels that came with the commune's record."""
    return [
        Decision(
            about=DecisionAbout.RISK,
            level=AreaLevel.COMMUNE,
            area_code=row["commune_code"],
            value=risk["level"],
            valid_from_ms=_milliseconds(risk["valid_from"]),
        )
        for risk in row["risk"]
    ]


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
    def build(
        cls,
        *,
        places: Mapping[int, Record],
        areas: Mapping[int, Record],
        devices: Mapping[int, Record],
        decisions: Iterable[Decision] = (),
    ) -> Self:
        """Return the snapshot of the latest decoded records of each kind and all decisions on areas."""
        return cls(Places.build(places), Areas.build(areas, decisions), Devices.build(devices))
