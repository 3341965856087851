"""Where each landed event was when: from the moment it should have been sent to being queryable. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import product

import numpy as np
import numpy.typing as npt

from loadtest.draw import Floats, Ints
from loadtest.expected import Expected
from loadtest.offsets import Offsets
from loadtest.suite.landing_times import LandingTimes
from loadtest.visibility import Sightings
from schemas.enums import Lateness


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """One row a landed event that was seen; UTC ms: meant to be sent, stamped by the broker, its outcome stamped in the
    landing log, seen to be queryable.

    The events a stall of anything held up count from when they should have been sent (no coordinated omission).
    """

    intended: Floats
    published: Floats
    decided: Floats
    visible: Floats

    def __len__(self) -> int:
        return len(self.intended)

    def since(self, start_ms: float) -> "Timings":
        """Return the events intended from a moment on."""
        return self._rows(self.intended >= start_ms)

    @property
    def latency_ms(self) -> Floats:
        """From the intended moment to queryable."""
        return self.visible - self.intended

    def stages_ms(self) -> dict[str, Floats]:
        """Return the latency's parts: to the broker's stamp, to the landing log's, to queryable."""
        return {
            "publish": self.published - self.intended,
            "worker": self.decided - self.published,
            "sink": self.visible - self.decided,
        }

    def _rows(self, chosen: npt.NDArray[np.bool_]) -> "Timings":
        return Timings(**{each.name: getattr(self, each.name)[chosen] for each in fields(self)})


def timings_of(
    landed: Expected,
    *,
    intended_ms: Mapping[int, Floats],
    logged_ms: Mapping[int, Ints],
    landing: Mapping[int, LandingTimes],
    sightings: Sightings,
    first_offsets: Offsets,
) -> Timings:
    """Return the timings of every landed row that was seen.

    `intended_ms` and `logged_ms` map a partition to its events' times in order of offset, of which the first is in
    `first_offsets`.
    """
    found = [np.empty((4, 0))]
    is_late = landed.lateness > int(Lateness.ON_TIME)
    for partition, late in product(np.unique(landed.partition).tolist(), (False, True)):
        offsets: Ints = landed.offset[(landed.partition == partition) & (is_late == late)]
        rows = offsets - first_offsets.get(partition, 0)
        visible = sightings.visible_ms(partition, offsets, late=late)
        seen = np.isfinite(visible)
        decided = landing[partition].at(offsets) if partition in landing else np.full(len(offsets), np.nan)
        times = np.stack([intended_ms[partition][rows], logged_ms[partition][rows].astype(float), decided, visible])
        found.append(times[:, seen])
    intended, published, decided, visible = np.concatenate(found, axis=1)
    return Timings(intended=intended, published=published, decided=decided, visible=visible)
