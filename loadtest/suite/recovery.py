"""How long what waits takes to come back to where it was before a fault. Pure."""

from collections.abc import Sequence
from itertools import pairwise

#: As in chaos rounds (docs/faults.md): before is the seconds before the fault, and back is within twice the most seen
#: then, or two seconds of the load, for three seconds on end.
_BEFORE_SECONDS, _USUAL_FACTOR, _USUAL_SECONDS, _STEADY_SECONDS = 10.0, 2.0, 2.0, 3.0


def recovery_seconds(
    behind: Sequence[tuple[float, int]], *, began: float, ended: float, until: float, rate: float
) -> float | None:
    """Return the seconds from the fault's end until what waits is back; None if it is not back by `until`.

    `behind` holds moments in seconds, ascending, and how many events should have had an outcome by then and had none.
    It counts from when events should have been sent: what a dead broker keeps in the generator waits, too.
    """
    before = [count for second, count in behind if began - _BEFORE_SECONDS <= second <= began]
    usual = max([rate * _USUAL_SECONDS, *(count * _USUAL_FACTOR for count in before)])
    after = [(second, count <= usual) for second, count in behind if ended <= second <= until]
    since: float | None = None
    for second, is_back in after:
        if not is_back:
            since = None
        elif since is None:
            since = second
        elif second - since >= _STEADY_SECONDS:
            return round(since - ended, 1)
    return None


def ends_of_watch(began: Sequence[float], *, load_end: float) -> list[float]:
    """Return for each fault until when it can have recovered: the next one's beginning, for the last the load's end."""
    return [following for _, following in pairwise([*began, load_end])]
