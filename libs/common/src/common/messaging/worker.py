"""Publishing and subscribing of one service as one thing to start and stop."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from asyncpg import Pool, Record

from common.eventstore.recorded import Store
from common.handling.types import Handle
from common.history import History
from common.messaging.bell import Bell
from common.messaging.connection import StreamSettings, Wire
from common.messaging.inbox import inbox_name
from common.messaging.leases import Leases
from common.messaging.progress import Progress
from common.messaging.publishing import RELAY, Pace
from common.messaging.reactions import Reaction
from common.messaging.relay import Relay
from common.messaging.subscriptions import Subscription

_POSITIONS = "SELECT name, position FROM checkpoints"
_WAITING = """
    SELECT source, count(*) AS waiting, count(*) FILTER (WHERE state = 'dead') AS dead
    FROM waiting_messages WHERE state IN ('retrying', 'behind', 'dead') GROUP BY source
"""


class Messaging:
    """One process's part in a service's publishing and subscribing.

    With *works* it publishes and subscribes (any number of processes may; leases decide who does what); without, as in
    a process that only answers requests, it rings when something was committed and knows how far others have come.
    *listeners* are called whenever the service's log may have grown. *holder* must differ between processes.
    """

    def __init__(
        self,
        *,
        history: History,
        handle: Handle,
        store: Store,
        pool: "Pool[Record]",
        nats_url: str,
        reactions: Sequence[Reaction],
        holder: str,
        works: bool = True,
        listeners: Sequence[Callable[[], None]] = (),
        stream: StreamSettings | None = None,
        lease_lasts: float = 4.0,
        pace: Pace | None = None,
    ) -> None:
        sources = sorted({reaction.source for reaction in reactions})
        self._store = store
        self._pool = pool
        self._wire = Wire(nats_url, name=f"{history.service} {holder}", stream=stream)
        self._works = works
        self._tasks: list[asyncio.Task[None]] = []
        leases = Leases(pool, holder, lasts=lease_lasts)
        self.progress = Progress(pool, sources)
        self.relay = Relay(history.service, store, pool, leases, self._wire, pace=pace)
        self.subscriptions = [
            Subscription(
                history.service,
                source,
                [reaction for reaction in reactions if reaction.source == source],
                handle,
                pool,
                leases,
                self._wire,
                moved=self.progress.moved,
            )
            for source in sources
        ]
        self.bell = Bell(self._wire, history.service, holder, [*([self.relay.wake] if works else []), *listeners])

    def ring(self, position: int = 0) -> None:
        """Facts up to *position* were committed in this process; the store's ``on_append``."""
        self.bell.ring(position)

    async def run(self) -> None:
        """Work until ``stop`` or cancellation."""
        self._tasks = [asyncio.create_task(self.bell.run())]
        if self._works:
            self._tasks += [asyncio.create_task(one.run()) for one in (self.relay, *self.subscriptions)]
        try:
            await asyncio.wait(self._tasks)
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Give back what is held and go; what is under way is done elsewhere, or again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._wire.close()

    async def lag(self) -> dict[str, Any]:
        """Return how far publishing and each source's facts have come, and how many messages wait or are dead."""
        positions: dict[str, int] = {row["name"]: row["position"] for row in await self._pool.fetch(_POSITIONS)}
        waiting = {row["source"]: row for row in await self._pool.fetch(_WAITING)}
        head, published = await self._store.head(), positions.get(RELAY, 0)
        return {
            "nats": self._wire.up,
            "relay": {"position": published, "head": head, "behind": max(0, head - published)},
            "sources": {
                one.source: {
                    "position": positions.get(inbox_name(one.source), 0),
                    "waiting": waiting[one.source]["waiting"] if one.source in waiting else 0,
                    "dead": waiting[one.source]["dead"] if one.source in waiting else 0,
                }
                for one in self.subscriptions
            },
        }
