"""Notices new alerts for all listeners at once: one small query twice a second, however many listen."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from kitchenwatch.errors import StorageError
from kitchenwatch.store.reading import Reading

log = logging.getLogger(__name__)

POLL_S = 0.5  # alerts are for people


class Feed:
    """Knows the newest `seq` of the outbox, and wakes those who wait for a newer one."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._newer = asyncio.Condition()
        self.newest = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look for news in the background."""
        task = asyncio.create_task(self._run(), name="feed")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def beyond(self, seq: int, at_most_s: float) -> None:
        """Wait until there is an alert after `seq`, or for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most_s), self._newer:
                await self._newer.wait_for(lambda: self.newest > seq)

    async def _run(self) -> None:
        while True:
            await self._look()
            await asyncio.sleep(POLL_S)

    async def _look(self) -> None:
        try:
            newest = await asyncio.to_thread(self._reading.newest_alert)
        except StorageError as error:
            log.warning("the event stream cannot see new alerts: %s", error)
            return
        if newest > self.newest:
            async with self._newer:
                self.newest = newest
                self._newer.notify_all()
