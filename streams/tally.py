"""Count what became of a batch, in one pass: by verdict, and how late what landed is, by how it was captured."""

import numpy as np
import numpy.typing as npt

from schemas.columns import Columns
from schemas.enums import Lateness, Verdict
from schemas.landing import Counts
from streams.window.decide import Decisions

Ints = npt.NDArray[np.int64]
# Powers of two, so that an event's cell is a byte put together from three.
VERDICTS, MODES, CLASSES = 8, 8, 4
_LANDED = slice(int(Verdict.ACCEPTED), int(Verdict.RESCAN) + 1)


def tally(columns: Columns, decisions: Decisions) -> Ints:
    """Return the number of events by verdict, capture mode and lateness: shape (8, 8, 4), by their codes.

    Only of landed events (verdicts ACCEPTED and RESCAN) do capture mode and lateness mean anything; feeds without a
    capture mode count as SELF_APP.
    """
    cells = decisions.verdict << 5
    if "capture_mode" in columns.plan.integers:
        cells |= (columns.integer("capture_mode").astype(np.uint8) & (MODES - 1)) << 2
    cells |= decisions.lateness & (CLASSES - 1)
    return np.bincount(cells, minlength=VERDICTS * MODES * CLASSES).reshape(VERDICTS, MODES, CLASSES)


def counts_of(tallied: Ints) -> Counts:
    """Return the counts of a batch; late is what landed more than ten minutes after it happened."""
    outcome = tallied.sum(axis=(1, 2))
    return Counts(
        seen=int(outcome.sum()),
        accepted=int(outcome[Verdict.ACCEPTED]),
        rescan=int(outcome[Verdict.RESCAN]),
        retry=int(outcome[Verdict.RETRY]),
        rejected=int(outcome[Verdict.REJECTED]),
        late=int(tallied[_LANDED, :, Lateness.LATE :].sum()),
    )


def captured_of(columns: Columns, tallied: Ints) -> Ints | None:
    """Return how many events landed by capture mode and lateness, shape (8, 4); None for feeds without the first."""
    if "capture_mode" not in columns.plan.integers:
        return None
    landed: Ints = tallied[_LANDED].sum(axis=0)
    return landed
