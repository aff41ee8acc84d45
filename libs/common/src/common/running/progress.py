"""How far a service's rows follow its facts, and its facts those of others: for requests that wait, and for health."""

import asyncio
from collections.abc import Callable, Iterable

import msgspec
from asyncpg import Pool, Record

from common.messaging.inbox import inbox_name
from common.values import value

_READ = """
    SELECT coalesce((SELECT max(position) FROM events), 0) AS head,
           coalesce((SELECT position FROM projection_progress WHERE projection = 'all'), 0) AS projected,
           (SELECT json_object_agg(name, position) FROM checkpoints) AS checkpoints,
           (SELECT count(*) FROM waiting_messages WHERE state IN ('retrying', 'behind')) AS waiting,
           (SELECT count(*) FROM waiting_messages WHERE state = 'dead') AS dead
"""
_AT_FIRST, _AT_MOST = 0.004, 0.1


@value
class Standing:
    """The log's last position, the position its rows follow, checkpoints by name, messages that wait and are dead."""

    head: int
    projected: int
    checkpoints: dict[str, int]
    waiting: int
    dead: int

    def lag(self) -> dict[str, int]:
        """Return how many facts are not yet in rows and not yet published, and how many messages are not handled."""
        return {
            "projections": self.head - self.projected,
            "relay": max(0, self.head - self.checkpoints.get("relay", 0)),
            "waiting_messages": self.waiting,
            "dead_letters": self.dead,
        }


class Seen:
    """What is visible in a service: its own facts in its rows, and others' facts in its own and then in its rows."""

    def __init__(self, pool: "Pool[Record]", service: str, follows: Iterable[str] = ()) -> None:
        self._pool = pool
        self._service = service
        self._follows = frozenset(follows)
        self._looking: asyncio.Task[Standing] | None = None

    async def standing(self) -> Standing:
        """Return how far everything has come now."""
        row = await self._pool.fetchrow(_READ)
        read = dict(row or {})
        read["checkpoints"] = msgspec.json.decode(read["checkpoints"] or "{}")
        return msgspec.convert(read, Standing)

    async def reached(self, service: str, position: int, timeout: float) -> bool:  # noqa: ASYNC109 - the caller's wish
        """Wait until *position* of *service* is visible here, at most *timeout* seconds; return whether it is.

        Of a service that is not followed there is nothing to wait for.
        """
        if service != self._service and service not in self._follows:
            return True
        try:
            async with asyncio.timeout(timeout):
                if service == self._service:
                    await self._until(lambda one: one.projected >= position)
                    return True
                inbox = inbox_name(service)
                there = await self._until(lambda one: one.checkpoints.get(inbox, 0) >= position)
                await self._until(lambda one: one.projected >= there.head)
        except TimeoutError:
            return False
        return True

    async def _until(self, holds: Callable[[Standing], bool]) -> Standing:
        pause = _AT_FIRST
        while not holds(latest := await self._shared()):
            await asyncio.sleep(pause)
            pause = min(_AT_MOST, pause * 1.5)
        return latest

    async def _shared(self) -> Standing:
        """Look once for all who ask in the same moment."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self.standing())
        return await asyncio.shield(self._looking)
