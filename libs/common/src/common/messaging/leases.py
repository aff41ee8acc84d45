"""One active holder of a piece of work, and proof of it.

A lease is a row with an epoch that grows with each change of holder. What a holder writes carries its epoch, so that
one that was frozen while another took over can change nothing when it resumes. The clock is the database's own.
"""

from typing import Any

from asyncpg import Connection, Pool, Record

from common.values import value

_ACQUIRE = """
    INSERT INTO leases AS l (name, holder, epoch, expires_at) VALUES ($1, $2, 1, now() + make_interval(secs => $3))
    ON CONFLICT (name) DO UPDATE
        SET holder = excluded.holder, epoch = l.epoch + 1, expires_at = excluded.expires_at
        WHERE l.expires_at <= now()
    RETURNING epoch
"""
_RENEW = "UPDATE leases SET expires_at = now() + make_interval(secs => $3) WHERE name = $1 AND epoch = $2"
_RELEASE = "UPDATE leases SET expires_at = now() WHERE name = $1 AND epoch = $2"
_REVOKE = "UPDATE leases SET holder = '', epoch = epoch + 1, expires_at = now() WHERE name = $1"
_MOVE_SOON = """
    WITH held AS (SELECT FROM leases WHERE name = $4 AND epoch = $5 FOR SHARE),
         soon AS (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE checkpoints SET position = $3
    WHERE name = $1 AND position = $2 AND EXISTS (SELECT FROM held) AND EXISTS (SELECT FROM soon)
"""


class LeaseLost(Exception):
    """Another holder has taken over; nothing of this transaction may stand."""


@value
class Lease:
    """The work *name* is ours in this *epoch*, until another takes it."""

    name: str
    epoch: int


class Leases:
    """Takes, keeps and gives back leases as one holder. A silent holder is waited for *lasts* seconds."""

    def __init__(self, pool: "Pool[Record]", holder: str, *, lasts: float = 4.0) -> None:
        self._pool = pool
        self._holder = holder
        self.lasts = lasts

    async def acquire(self, name: str) -> Lease | None:
        """Return the lease if nobody holds it or its holder was silent for too long, else None."""
        epoch = await self._pool.fetchval(_ACQUIRE, name, self._holder, self.lasts, timeout=self.lasts)
        return None if epoch is None else Lease(name=name, epoch=epoch)

    async def renew(self, lease: Lease) -> None:
        """Keep the lease for another while, or raise ``LeaseLost``."""
        changed = await self._pool.execute(_RENEW, lease.name, lease.epoch, self.lasts, timeout=self.lasts)
        if changed != "UPDATE 1":
            raise LeaseLost(lease.name)

    async def release(self, lease: Lease) -> None:
        """Let another take over at once."""
        await self._pool.execute(_RELEASE, lease.name, lease.epoch, timeout=self.lasts)


async def revoke(connection: "Connection[Any]", name: str) -> None:
    """Take the lease away from whoever holds it; it is free."""
    await connection.execute(_REVOKE, name)


async def checkpoint(pool: "Pool[Record]", name: str) -> int:
    """Return the position that *name* has reached, making it 0 on a new database."""
    await pool.execute("INSERT INTO checkpoints VALUES ($1, 0) ON CONFLICT DO NOTHING", name)
    return await pool.fetchval("SELECT position FROM checkpoints WHERE name = $1", name)


async def move_soon(pool: "Pool[Record]", lease: Lease, name: str, here: int, there: int) -> None:
    """Move the checkpoint *name*, or raise ``LeaseLost``; not waiting for the disk: a crash may undo the move."""
    if await pool.execute(_MOVE_SOON, name, here, there, lease.name, lease.epoch) != "UPDATE 1":
        raise LeaseLost(name)
