"""What devices keep because they can't send it, as metrics, by their own heartbeats."""

from collections.abc import Callable

from clickhouse_connect.driver.client import Client
from prometheus_client import CollectorRegistry

from schemas import metrics
from sinks.clickhouse_writer import translated
from sinks.watch.look import Look

_PERIOD_SECONDS = 60.0

# Of each device the newest heartbeat: what it kept before it has sent.
_BACKLOG = """
SELECT count(), quantileExact(0.99)(oldest_s)
FROM
(
    SELECT argMax(oldest_queued_s, event_time) AS oldest_s
    FROM heartbeats
    WHERE verdict = 'ACCEPTED' AND logged_at >= now64(3) - toIntervalMinute(10)
    GROUP BY device_id
)
"""


def read_backlog_seconds(client: Client) -> float | None:
    """Return how long the oldest event waits that a device keeps, of 99 in 100 devices at most.

    Devices are those that sent a heartbeat in the last ten minutes; None without any. Raises TryAgain and SinkStopped.
    """
    with translated():
        devices, seconds = client.query(_BACKLOG).result_rows[0]
    return float(seconds) if devices else None


class DeviceGauges:
    """The gauge of what devices keep; call `step` again and again. NaN where no device sends heartbeats."""

    def __init__(
        self, registry: CollectorRegistry, *, read: Callable[[], float | None], clock: Callable[[], float]
    ) -> None:
        """Register it; `read` may raise TryAgain; `clock` gives growing seconds."""
        self._backlog = metrics.gauge(metrics.DEVICE_BACKLOG, registry)
        self._look = Look(
            what="backlog of devices", read=read, show=self._show, clock=clock, period_seconds=_PERIOD_SECONDS
        )

    def step(self) -> float:
        """Look if it is time, and return the seconds until it is next."""
        return self._look.step()

    def _show(self, seconds: float | None) -> None:
        self._backlog.set(float("nan") if seconds is None else seconds)
