"""What a feed adds to the common way of an event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.columns import Columns
from schemas.decode import OK
from schemas.enums import Reason

Bools = npt.NDArray[np.bool_]
#: Tells for each event of a batch whether it breaks the rule; by its columns alone.
Breaks = Callable[[Columns], Bools]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Refuses events whose fields contradict each other: the first of `refusals` that an event breaks is its reason."""

    refusals: Sequence[tuple[Reason, Breaks]] = ()

    def check(self, columns: Columns, status: npt.NDArray[np.uint8]) -> None:
        """Set the status of decoded events that break a rule to the reason; others keep theirs."""
        for reason, breaks in self.refusals:
            status[(status == OK) & breaks(columns)] = int(reason)
