"""Publishing and subscribing of one service as one thing to start and stop."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from asyncpg import Pool, Record

from common.eventstore.recorded import Log
from common.handling.types import Handle
from common.history import History
from common.messaging.connection import StreamSettings, Wire
from common.messaging.holding import end
from common.messaging.keeping import Keeping
from common.messaging.leases import Leases
from common.messaging.patience import Patience
from common.messaging.publishing import Pace
from common.messaging.reactions import Reaction
from common.messaging.relay import Relay
from common.messaging.shares import Shares
from common.messaging.subscriptions import Subscription
from common.pacing import Calm


class Messaging:
    """One process's part in a service's publishing and subscribing; any number may run.

    A lease says who publishes, shares who takes in what.
    *holder* names this process among them; what another process held is taken over when it was silent for
    *lease_lasts* seconds. *on_moved* is called whenever some of a source's facts were taken in. Passing by others
    is written down after *soon* seconds.
    """

    def __init__(
        self,
        *,
        history: History,
        handle: Handle,
        log: Log,
        pool: "Pool[Record]",
        nats_url: str,
        reactions: Sequence[Reaction[Any]],
        holder: str,
        keepings: Sequence[Keeping[Any]] = (),
        stream: StreamSettings | None = None,
        lease_lasts: float = 4.0,
        pace: Pace | None = None,
        patience: Patience | None = None,
        on_moved: Callable[[], None] = lambda: None,
        soon: float = 0.0,
        calm: Calm | None = None,
    ) -> None:
        self._wire = Wire(nats_url, name=f"{history.service} {holder}", stream=stream)
        self._tasks: list[asyncio.Task[None]] = []
        leases = Leases(pool, holder, lasts=lease_lasts)
        self.relay = Relay(history.service, log, pool, leases, self._wire, pace=pace)
        self.subscriptions = [
            Subscription(
                source,
                [reaction for reaction in reactions if reaction.source == source],
                handle,
                pool,
                Shares(pool, source, holder, lasts=lease_lasts),
                self._wire,
                keepings=[keeping for keeping in keepings if keeping.source == source],
                patience=patience,
                on_moved=on_moved,
                soon=soon,
                calm=calm,
            )
            for source in sorted({one.source for one in (*reactions, *keepings)})
        ]

    def made_of(self, source: str, position: int) -> int | None:
        """Return where our log ended before we made anything, if *source*'s fact is taken in; None if not known."""
        made = (one.made_of(position) for one in self.subscriptions if one.source == source)
        return next((one for one in made if one is not None), None)

    def takes_in_all(self, source: str) -> bool:
        """Tell whether all of *source*'s facts are this process's to take in, and it does."""
        return any(one.takes_in_all for one in self.subscriptions if one.source == source)

    def behind(self) -> dict[str, int]:
        """Return of each source how many positions of its log are known of here and not taken in."""
        return {one.source: one.behind for one in self.subscriptions if one.active or one.behind}

    def wake(self) -> None:
        """The service's log may have grown."""
        self.relay.wake()

    async def run(self) -> None:
        """Publish and subscribe until ``stop`` or cancellation; no failure of NATS or the database ends it."""
        self._tasks = [asyncio.create_task(one.run()) for one in (self.relay, *self.subscriptions)]
        try:
            await asyncio.wait(self._tasks)
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Give back what is held and go; what is under way is done elsewhere, or again."""
        await end(self._tasks)
        await self._wire.close()
