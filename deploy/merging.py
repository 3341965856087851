"""What landed is merged every night, beside the watch's own work: a thread of its own, with a client of its own."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

from deploy.beside import repeating
from deploy.clickhouse import clickhouse_client
from deploy.retention.nightly import Stopped
from deploy.retention.turns import last_turn, parse_time
from deploy.settings import Settings
from deploy.user_error import UserError
from sinks.merging import merge_weeks
from sinks.retention.servers import Servers

_log = logging.getLogger(__name__)

_STEP_SECONDS = 300.0
#: A merge goes on when its request was given up: so that the watch ends soon, it is, and then looked for.
_TIMEOUT_SECONDS = 5
#: A watch that starts later leaves it to the next night: merging takes a core from those who scan in the morning.
_NIGHT = timedelta(hours=2)

#: Merges weeks whose largest part was made before a moment, returns how many; raises UserError, or Stopped.
Merge = Callable[[datetime], int]


class NightlyMerges:
    """The schedule at work; call `step` again and again. Parts tell what was done, so it keeps nothing."""

    def __init__(self, *, at: time, merge: Merge, now: Callable[[], datetime]) -> None:
        """Take the time of day in Vietnam; `now` gives aware UTC."""
        self._at, self._merge, self._now = at, merge, now

    def step(self) -> None:
        """Merge what was not since its last turn, if that is not long ago; what fails is tried in the next step."""
        turn = last_turn(self._at, self._now())
        if self._now() - turn >= _NIGHT:
            return
        try:
            weeks = self._merge(turn)
        except Stopped:
            return
        except UserError as problem:
            _log.warning("merging: %s", problem.message)
            return
        if weeks:
            _log.info("merging: weeks of scans that are one part now: %d", weeks)


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def merging(settings: Settings, *, now: Callable[[], datetime] = _now) -> Iterator[None]:
    """Merge every night while inside, unless that is off; on leaving, a merge under way is not waited for.

    `now` gives aware UTC.
    """
    at = parse_time(settings.merge_time)
    if at is None:
        yield
        return
    stopping, servers = threading.Event(), Servers(settings.cluster)

    def sleep(seconds: float) -> None:
        if stopping.wait(seconds):
            raise Stopped

    def merge(turn: datetime) -> int:
        with clickhouse_client(settings, timeout_seconds=_TIMEOUT_SECONDS) as client:
            return merge_weeks(client, made_before=turn, sleep=sleep, servers=servers)

    nightly = NightlyMerges(at=at, merge=merge, now=now)
    with repeating(nightly.step, every_seconds=_STEP_SECONDS, name="merging", stopping=stopping):
        yield
