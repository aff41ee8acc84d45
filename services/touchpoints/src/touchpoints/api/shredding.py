"""Destroyed keys leave the disk: what a transaction deletes stays in the table's file until the file is rewritten."""

import asyncio

import structlog
from asyncpg import LockNotAvailableError, Pool, Record

from common.messaging.holding import keep_holding
from common.messaging.leases import Lease, Leases

WORK = "customer-keys"
_REMAINING = "SELECT count(*) FROM customer_keys WHERE remains"
_REWRITE = "VACUUM (FULL, ANALYZE) customer_keys"
_GONE = """
    UPDATE customer_keys AS k SET remains = false
    FROM pg_class AS c
    WHERE k.remains AND c.oid = 'customer_keys'::regclass AND age(k.xmin) > age(c.relfrozenxid)
"""
"""A rewritten table begins at the oldest transaction that anybody could still see; what ended before is not in it."""

_LOOKS = 10.0  # seconds
_RESTS = 300.0  # seconds; rewriting keeps everybody from the keys for a moment
_LASTS = 60.0  # seconds for which the work of a silent process is not taken over
_log = structlog.get_logger(__name__)


class Shredding:
    """Rewrites the table of keys after keys were destroyed; one process at a time does so."""

    def __init__(self, pool: "Pool[Record]", holder: str, *, patience: float = 2.0) -> None:
        self._pool = pool
        self._leases = Leases(pool, holder, lasts=_LASTS)
        self._patience = patience

    async def run(self) -> None:
        """Do so whenever it is needed, until cancelled; what remains is tried again soon, and ever more seldom."""
        await keep_holding(self._leases, WORK, self._watch)

    async def once(self) -> bool:
        """Rewrite the table if destroyed keys may remain in its file; tell whether it was rewritten.

        It is not when the table was in use for longer than *patience* seconds. Keys that an older transaction could
        still see are in the new file too: they remain, and another time they are gone.
        """
        if not await self._pool.fetchval(_REMAINING):
            return False
        async with self._pool.acquire() as connection:
            await connection.execute(f"SET lock_timeout = {int(self._patience * 1000)}")
            try:
                await connection.execute(_REWRITE)
            except LockNotAvailableError:
                return False
            finally:
                await connection.execute("RESET lock_timeout")
        await self._pool.execute(_GONE)
        _log.info("the table of keys was rewritten", remaining=await self._pool.fetchval(_REMAINING))
        return True

    async def _watch(self, _: Lease) -> None:
        again = _LOOKS
        while True:
            rewritten = await self.once()
            if rewritten and await self._pool.fetchval(_REMAINING):
                again = min(2 * again, _RESTS)
                await asyncio.sleep(again)
            else:
                again = _LOOKS
                await asyncio.sleep(_RESTS if rewritten else _LOOKS)
