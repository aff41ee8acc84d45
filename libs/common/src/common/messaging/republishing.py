"""Everything from a place in the log is published again, by moving the relay's checkpoint back."""

from datetime import datetime
from typing import Any

from asyncpg import Connection

from common.messaging.leases import revoke
from common.messaging.publishing import RELAY

_BEFORE = "SELECT coalesce(max(position), 0) FROM events WHERE recorded_at < $1"
_BACK = """
    INSERT INTO checkpoints AS c (name, position) VALUES ($1, 0)
    ON CONFLICT (name) DO UPDATE SET position = least(c.position, $2) RETURNING position
"""


async def republish(connection: "Connection[Any]", *, since: int | datetime = 1) -> int:
    """Have every fact from *since* on (a position, or the time it was recorded at) published again; return after which.

    Whoever publishes now loses the lease for it and cannot move the checkpoint any more; whoever is next begins there.
    """
    async with connection.transaction():
        await revoke(connection, RELAY)
        after = since - 1 if isinstance(since, int) else await connection.fetchval(_BEFORE, since)
        return await connection.fetchval(_BACK, RELAY, max(0, after))
