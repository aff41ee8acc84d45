from collections.abc import AsyncGenerator

import asyncpg
import pytest

from common.eventstore.migrating import create_kernel_tables


@pytest.fixture
async def pool(database: str) -> AsyncGenerator["asyncpg.Pool[asyncpg.Record]"]:
    """Connections to a database with the kernel's tables."""
    async with asyncpg.create_pool(database, min_size=1, max_size=8) as pool:
        await create_kernel_tables(database)
        yield pool
