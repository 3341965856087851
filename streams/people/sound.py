"""Tell which events of a batch the pipeline takes, by the rules the windows apply to each event alone."""

import numba
import numpy as np
import numpy.typing as npt

from schemas.columns import Columns
from schemas.decode import OK
from streams.window.clock import reason_of, skew_of

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]


@numba.njit(cache=True, nogil=True)
def _judge(identity, subject, keyed, event_ms, sent_ms, received_ms, logged_ms, told_ms, status):  # type: ignore[no-untyped-def]
    for row in range(len(status)):
        skew = skew_of(sent_ms[row], received_ms[row])
        told_ms[row] = event_ms[row] + skew
        if status[row] == OK:
            status[row] = reason_of(
                keyed[row], subject[row, 0], subject[row, 1], identity[row, 0], identity[row, 1], skew,
                logged_ms[row] - told_ms[row],
            )  # fmt: skip


def judge(columns: Columns, status: Bytes, *, keyed: npt.NDArray[np.bool_], logged_ms: Ints) -> Ints:
    """Return corrected event times, and set the `status` of decoded events that are refused to the reason.

    The rules are those of `streams.window.clock`; others depend on events before, and refuse nothing.
    """
    told_ms = np.empty(len(status), np.int64)
    _judge(
        columns.words(columns.plan.identity), columns.words("subject"), keyed, columns.integer("event_time"),
        columns.integer("sent_at"), columns.integer("received_at"), logged_ms, told_ms, status,
    )  # fmt: skip
    return told_ms
