"""A service hears at once of connections to its database that end, as all do when the server crashes."""

import asyncio
from typing import Any

import asyncpg


async def test_whoever_asked_for_it_is_told_that_a_connection_has_ended(village: Any) -> None:
    for house in village.houses.values():
        told = asyncio.Event()
        house.parts.when_cut.append(told.set)
        url = house.parts.settings.database_url.get_secret_value()
        operator = await asyncpg.connect(url)
        assert await house.parts.pool.fetchval("SELECT 1") == 1
        assert not told.is_set()
        await operator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        async with asyncio.timeout(30):
            await told.wait()
        await operator.close()
