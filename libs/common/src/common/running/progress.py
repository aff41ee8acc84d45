"""How far a service's rows follow its facts, and its facts those of others: for requests that wait."""

import asyncio

import msgspec
from asyncpg import Pool, Record

from common.messaging.progress import Progress as Followed
from common.values import value

_READ = """
    SELECT coalesce((SELECT max(position) FROM events), 0) AS head,
           coalesce((SELECT position FROM projection_progress WHERE projection = 'all'), 0) AS projected
"""
_AT_FIRST, _AT_MOST = 0.004, 0.1


@value
class Standing:
    """The log's last position, and the position that the rows follow."""

    head: int
    projected: int


class Rows:
    """One shared look at how far the rows are, taken only while somebody waits."""

    def __init__(self, pool: "Pool[Record]") -> None:
        self._pool = pool
        self._looking: asyncio.Task[Standing] | None = None

    async def standing(self) -> Standing:
        """Return how far the rows are now; whoever asks while it is being read shares the answer of the next read."""
        row = await self._pool.fetchrow(_READ)
        return msgspec.convert(dict(row or {}), Standing)

    async def follow(self, position: int) -> None:
        """Return when the rows follow *position*."""
        pause = _AT_FIRST
        while (await self._shared()).projected < position:
            await asyncio.sleep(pause)
            pause = min(_AT_MOST, pause * 1.5)

    async def _shared(self) -> Standing:
        """Look once for all who ask in the same moment."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self.standing())
        return await asyncio.shield(self._looking)


class Seen:
    """What is visible in a service: its own facts in its rows, and others' facts in its own and then in its rows."""

    def __init__(self, service: str, rows: Rows, followed: Followed) -> None:
        self._service = service
        self._rows = rows
        self._followed = followed

    async def reached(self, service: str, position: int, timeout: float) -> bool:  # noqa: ASYNC109 - the caller's wish
        """Wait until *position* of *service* is visible here, at most *timeout* seconds; return whether it is."""
        try:
            async with asyncio.timeout(timeout):
                if service == self._service:
                    await self._rows.follow(position)
                    return True
                if not await self._followed.reached(service, position, timeout):
                    return False
                await self._rows.follow((await self._rows.standing()).head)
        except TimeoutError:
            return False
        return True
