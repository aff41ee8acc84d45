"""Committed facts are published in order; the checkpoint follows the acknowledgements.

PostgreSQL is the truth: whatever NATS loses, or was never told, is published again from there.
"""

import asyncio

import structlog
from asyncpg import Pool, Record

from common.eventstore.recorded import Log
from common.messaging.acknowledging import acknowledging
from common.messaging.connection import Wire
from common.messaging.holding import first_of, keep_holding
from common.messaging.leases import Lease, Leases
from common.messaging.publishing import RELAY, Pace, Publishing
from common.messaging.stream import ensure

_log = structlog.get_logger(__name__)

_LARGEST_MESSAGE = 1024 * 1024


class Relay:
    """Publishes one service's facts while it holds the lease ``relay``; any number may run, one does the work."""

    def __init__(
        self,
        service: str,
        log: Log,
        pool: "Pool[Record]",
        leases: Leases,
        wire: Wire,
        *,
        pace: Pace | None = None,
    ) -> None:
        self._service = service
        self._log = log
        self._pool = pool
        self._leases = leases
        self._wire = wire
        self._pace = pace or Pace()
        self._woken = asyncio.Event()
        self.active = False

    async def run(self) -> None:
        """Publish whenever the lease can be held, until cancelled."""
        await keep_holding(self._leases, RELAY, self._publish)

    def wake(self) -> None:
        """There may be something to publish."""
        self._woken.set()

    async def _publish(self, lease: Lease) -> None:
        takes = (await self._wire.client()).max_payload
        if takes < _LARGEST_MESSAGE:
            _log.error("nats takes smaller messages than facts may be: set its max_payload to 1MB", takes=takes)
        jetstream = await ensure(self._wire)
        async with acknowledging(self._wire) as publisher:
            publishing = Publishing(
                self._service, self._log, self._pool, self._wire, lease, jetstream, publisher, self._woken, self._pace
            )
            async with self._wire.heard(f"acuerdo.wanted.{self._service}", publishing.hear_wanted):
                await publishing.begin()
                await self._while_active(publishing)

    async def _while_active(self, publishing: Publishing) -> None:
        self.active = True
        try:
            await first_of(publishing.send(), publishing.settle())
        finally:
            self.active = False
