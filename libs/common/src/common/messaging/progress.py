"""How far a service has taken in the facts of others, for whoever wants to read what it wrote there."""

import asyncio
from collections.abc import Iterable

from asyncpg import Pool, Record

from common.messaging.inbox import inbox_name

_FIRST_LOOK = 0.005
_LONGEST = 0.1


class Progress:
    """Knows the positions reached in this process at once, and those of other processes by looking."""

    def __init__(self, pool: "Pool[Record]", sources: Iterable[str]) -> None:
        self._pool = pool
        self._reached = dict.fromkeys(sources, 0)
        self._moved = asyncio.Event()

    def moved(self, source: str, position: int) -> None:
        """Take note that the facts of *source* are taken in up to *position*."""
        self._reached[source] = max(position, self._reached.get(source, 0))
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def reached(self, source: str, position: int, within: float) -> bool:
        """Return whether, within *within* seconds, the facts of *source* up to *position* are taken in.

        A fact that waits because it could not be handled counts as taken in. Of a source that is not followed there is
        nothing to wait for.
        """
        if source not in self._reached:
            return True
        try:
            async with asyncio.timeout(within):
                await self._until(source, position)
        except TimeoutError:
            return False
        return True

    async def _until(self, source: str, position: int) -> None:
        pause = _FIRST_LOOK
        while self._reached[source] < position:
            stands = await self._pool.fetchval("SELECT position FROM checkpoints WHERE name = $1", inbox_name(source))
            self._reached[source] = max(stands or 0, self._reached[source])
            if self._reached[source] >= position:
                return
            await self._stir(pause)
            pause = min(_LONGEST, pause * 1.5)

    async def _stir(self, pause: float) -> None:
        try:
            await asyncio.wait_for(self._moved.wait(), timeout=pause)
        except TimeoutError:
            return
