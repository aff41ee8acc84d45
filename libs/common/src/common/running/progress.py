"""How far a service's rows follow its facts, and its facts those of others: for requests that wait, and for health."""

import asyncio
import time
from collections.abc import Callable, Iterable

import msgspec
from asyncpg import Pool, Record

from common.messaging.shares import POSITIONS
from common.values import value

_READ = f"""
    SELECT coalesce((SELECT max(position) FROM events), 0) AS head,
           coalesce((SELECT position FROM projection_progress WHERE projection = 'all'), 0) AS projected,
           coalesce((SELECT position FROM checkpoints WHERE name = 'relay'), 0) AS published,
           (SELECT json_object_agg(source, position) FROM ({POSITIONS}) AS s) AS taken_in,
           (SELECT count(*) FROM waiting_messages WHERE state IN ('retrying', 'behind')) AS waiting,
           (SELECT count(*) FROM waiting_messages WHERE state = 'dead') AS dead
"""
_BUSY, _QUIET = 0.012, 0.05
"""Seconds between looks while things go on, and at most when nothing does."""


@value
class Standing:
    """The log's last position, and those its rows and publishing follow; up to where each source's facts are taken in.

    ``waiting`` and ``dead``: how many messages are.
    """

    head: int
    projected: int
    published: int
    taken_in: dict[str, int]
    waiting: int
    dead: int

    def took_in(self, source: str) -> int:
        """Return up to where all of *source*'s facts are taken in."""
        return self.taken_in.get(source, 0)

    def lag(self) -> dict[str, int]:
        """Return how many facts are not yet in rows and not yet published, and how many messages are not handled."""
        return {
            "projections": self.head - self.projected,
            "relay": max(0, self.head - self.published),
            "waiting_messages": self.waiting,
            "dead_letters": self.dead,
        }


class Seen:
    """What is visible in a service: its own facts in its rows, what it makes of facts that it follows, and their rows.

    *outward* tells whether this service's facts can get out now: what it makes of its own comes back by that way.
    """

    def __init__(
        self,
        pool: "Pool[Record]",
        service: str,
        follows: Iterable[str] = (),
        outward: Callable[[], bool] = lambda: True,
    ) -> None:
        self._pool = pool
        self._service = service
        self._follows = frozenset(follows)
        self._outward = outward
        self._looking: asyncio.Task[Standing] | None = None
        self._latest: Standing | None = None
        self._pause = _BUSY
        self._next_at = 0.0
        self._clock = time.monotonic

    async def standing(self) -> Standing:
        """Return how far everything has come now."""
        row = await self._pool.fetchrow(_READ)
        read = dict(row or {})
        read["taken_in"] = msgspec.json.decode(read["taken_in"] or "{}")
        return msgspec.convert(read, Standing)

    async def reached(self, service: str, position: int, timeout: float) -> int | None:  # noqa: ASYNC109 - the caller's wish
        """Wait until *position* of *service* is visible here, at most *timeout* seconds; None when it is not.

        Returned is the position of this service's own log that holds what it made of those facts; 0 when it follows
        them not, so that there was nothing to make.
        """
        if service != self._service and service not in self._follows:
            return 0
        if service == self._service and await self._was_never_given_out(position):
            return None
        try:
            async with asyncio.timeout(timeout):
                if service == self._service:
                    await self._until(lambda one: one.projected >= position)
                return await self._made_of(service, position) if service in self._follows else 0
        except TimeoutError:
            return None

    async def _was_never_given_out(self, position: int) -> bool:
        """Tell whether the log, which is one for all of us, has not come to *position*; a shared look may be older."""
        return (await self._shared()).head < position and (await self.standing()).head < position

    async def _made_of(self, service: str, position: int) -> int | None:
        own = service == self._service
        there = await self._until(lambda one: one.took_in(service) >= position or (own and not self._outward()))
        if there.took_in(service) < position:
            return None  # nobody is kept waiting for NATS to see what was written in this very service
        await self._until(lambda one: one.projected >= there.head)
        return there.head

    async def _until(self, holds: Callable[[Standing], bool]) -> Standing:
        latest = await self._shared()
        while not holds(latest):
            latest = await self._shared()
        return latest

    async def _shared(self) -> Standing:
        """Return the next look, one for all who wait, however many and since whenever."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(self._looking)

    async def _look(self) -> Standing:
        await asyncio.sleep(self._next_at - self._clock())
        before, self._latest = self._latest, await self.standing()
        self._pause = _BUSY if self._latest != before else min(_QUIET, self._pause * 1.5)
        self._next_at = self._clock() + self._pause
        return self._latest
