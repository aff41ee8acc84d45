"""A log that nothing is appended to for a moment, so that several logs can be seen at one point."""

from typing import Any

from asyncpg import Connection

from common.eventstore.ddl import LOCK


async def keep_still(connection: "Connection[Any]", at_most: float) -> None:
    """Let nothing be appended before this transaction ends; who appends waits.

    Raises ``asyncpg.LockNotAvailableError`` when an append under way takes longer than *at_most* seconds.
    """
    await connection.execute(f"SET LOCAL lock_timeout = {int(at_most * 1000)}")
    await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
    await connection.execute("SET LOCAL lock_timeout = 0")
