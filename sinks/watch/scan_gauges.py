"""What the newest scans tell, as metrics: how fresh they are, how wrong clocks are, what the register lacks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client
from prometheus_client import CollectorRegistry

from schemas import metrics
from schemas.enums import Flag
from sinks.clickhouse_writer import translated
from sinks.watch.look import Look

_PERIOD_SECONDS = 60.0
_LATELY = {"seconds": 600}
#: What the register may lack, and the flag of scans that tells so.
_LACKING = {
    "place": int(Flag.PLACE_UNKNOWN),
    "area": int(Flag.AREA_UNKNOWN),
    "device": int(Flag.DEVICE_UNKNOWN),
}

# From what was seen last, and not from now: while the sink catches up, what lands was logged long ago. A little
# earlier: partitions don't land in step. The first look goes a day back, to provinces silent before the watch started.
_NEWEST = """
SELECT province, toUnixTimestamp64Milli(max(event_time)), toUnixTimestamp64Milli(max(logged_at))
FROM scans
WHERE province != 0
    AND logged_at >= now64(3) - toIntervalDay(1)
    AND logged_at >= fromUnixTimestamp64Milli({seen_ms:Int64}) - toIntervalSecond({seconds:UInt32})
GROUP BY province
"""
_WRONG = """
SELECT count(), quantileTDigest(0.99)(abs(skew_ms)), countIf(bitAnd(flags, {place:UInt16}) != 0),
    countIf(bitAnd(flags, {area:UInt16}) != 0), countIf(bitAnd(flags, {device:UInt16}) != 0)
FROM scans
WHERE logged_at >= now64(3) - toIntervalSecond({seconds:UInt32})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScansSeen:
    """What was seen of scans, the counts and the skew of the last ten minutes.

    `newest_ms` is by province the event time of its newest scan, in ms since 1970, `logged_ms` the broker time of the
    newest of all, 0 for none; `misses` how many of `scans` are from a place, of an area or by a device the register
    lacked when they landed.
    """

    newest_ms: Mapping[int, int]
    logged_ms: int
    scans: int
    skew_p99_ms: float
    misses: Mapping[str, int]


def read_scans(client: Client, *, seen_ms: int) -> ScansSeen:
    """Return what was seen, newest scans of those logged since shortly before `seen_ms`, a day ago at most.

    Raises TryAgain and SinkStopped.
    """
    with translated():
        newest = client.query(_NEWEST, {**_LATELY, "seen_ms": seen_ms}).result_rows
        scans, skew_ms, *misses = client.query(_WRONG, {**_LATELY, **_LACKING}).result_rows[0]
    return ScansSeen(
        newest_ms={int(province): int(at_ms) for province, at_ms, _ in newest},
        logged_ms=max((int(logged_ms) for _, _, logged_ms in newest), default=0),
        scans=int(scans),
        skew_p99_ms=float(skew_ms),
        misses=dict(zip(_LACKING, map(int, misses), strict=True)),
    )


class ScanGauges:
    """Gauges of the newest scans; call `step` again and again.

    A province's newest scan stays the one seen last, so that its age grows where nothing lands any more. Without scans
    in the last ten minutes skew and misses are NaN.
    """

    def __init__(
        self, registry: CollectorRegistry, *, read: Callable[[int], ScansSeen], clock: Callable[[], float]
    ) -> None:
        """Register them; `read` takes the newest `logged_ms`, may raise TryAgain; `clock` gives growing seconds."""
        self._newest = metrics.gauge(metrics.NEWEST_SCAN, registry)
        self._skew = metrics.gauge(metrics.CLOCK_SKEW, registry)
        self._misses = metrics.gauge(metrics.REGISTER_MISSES, registry)
        self._seen_ms = 0
        self._newest_ms: dict[int, int] = {}
        self._look = Look(
            what="newest scans",
            read=lambda: read(self._seen_ms),
            show=self._show,
            clock=clock,
            period_seconds=_PERIOD_SECONDS,
        )

    def step(self) -> float:
        """Look if it is time, and return the seconds until it is next."""
        return self._look.step()

    def _show(self, seen: ScansSeen) -> None:
        self._seen_ms = max(self._seen_ms, seen.logged_ms)
        for province, at_ms in seen.newest_ms.items():
            newest_ms = self._newest_ms[province] = max(at_ms, self._newest_ms.get(province, at_ms))
            self._newest.labels(str(province)).set(newest_ms / 1_000)
        self._skew.set(seen.skew_p99_ms / 1_000 if seen.scans else float("nan"))
        for kind, count in seen.misses.items():
            self._misses.labels(kind).set(count / seen.scans if seen.scans else float("nan"))
