"""A fact of another service, kept by a service in a test as its inbox keeps it."""

from typing import Any, cast

from asyncpg import Connection

from common.messaging.keeping import Kept
from common.messaging.waiting import Letter
from common.running.service import Parts


async def keep(parts: Parts, letter: Letter) -> None:
    """Write the rows that the service makes of *letter*; none if it keeps nothing of it."""
    keepings = [one for one in parts.service.keepings if (one.source, one.name) == (letter.source, letter.name)]
    kept = Kept({letter.name: keepings})
    kept.take(letter)
    async with parts.pool.acquire() as connection, connection.transaction():
        for effect in kept.effects():
            await effect(cast("Connection[Any]", connection))
