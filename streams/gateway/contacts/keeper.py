"""Hand contact details to their store without making the event loop wait, several requests' at a time."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from schemas.vault import Details
from streams.gateway.contacts.store import ContactStore
from streams.gateway.private_logs import place_of

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    details: Sequence[Details] = field(repr=False)
    kept: "asyncio.Future[list[bool]]"


class ContactKeeper:
    """Keeps details by turns: what comes while one turn is at the store goes with the next. Used from one event loop.

    The store has a thread of its own: when it hangs, nothing else of the gateway waits for it.
    """

    def __init__(self, store: ContactStore, *, timeout_seconds: float) -> None:
        """Take the store, and how long a request waits for it."""
        self._store, self._timeout_seconds = store, timeout_seconds
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="contacts")
        self._waiting: list[_Asked] = []
        self._turns: asyncio.Task[None] | None = None
        self._works = True

    async def keep(self, details: Sequence[Details]) -> list[bool]:
        """Return for each whether it is kept; False where that is not known in time. Never raises for the store."""
        asked = _Asked(details, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        if self._turns is None or self._turns.done():
            self._turns = asyncio.create_task(self._take_turns())
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await asked.kept
        except TimeoutError:
            return [False] * len(details)

    async def _take_turns(self) -> None:
        while self._waiting:
            # Whoever gave up waiting sends its event again, and the details with it.
            turn = [asked for asked in self._waiting if not asked.kept.done()]
            self._waiting = []
            kept = await self._kept([it for asked in turn for it in asked.details])
            for asked in turn:
                own, kept = kept[: len(asked.details)], kept[len(asked.details) :]
                if not asked.kept.done():
                    asked.kept.set_result(own)

    async def _kept(self, details: Sequence[Details]) -> list[bool]:
        try:
            kept = await asyncio.get_running_loop().run_in_executor(self._thread, self._store.keep, details)
        except Exception as error:  # noqa: BLE001 -- whatever it is, requests are answered, and no message of it is logged
            self._tell(works=False, why=place_of(error))
            return [False] * len(details)
        self._tell(works=True)
        return kept

    def _tell(self, *, works: bool, why: str = "") -> None:
        """Log once when the store ceases to work, and once when it works again."""
        if self._works and not works:
            _LOG.warning("contact details can't be kept, events with them are answered 503: %s", why)
        elif works and not self._works:
            _LOG.info("contact details are kept again")
        self._works = works
