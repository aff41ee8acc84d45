"""The kernel's tables in a database of a test that has no service."""

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.ext.asyncio import create_async_engine

from common.addresses import sqlalchemy_url
from common.eventstore.migrating import create_kernel_tables
from common.messaging.tables import create_0001, create_0002, create_0003


async def create_tables(url: str) -> None:
    """Make the tables that every service has: the store's, and those of publishing and subscribing."""
    await create_kernel_tables(url)
    engine = create_async_engine(sqlalchemy_url(url))
    async with engine.begin() as connection:
        await connection.run_sync(_create)
    await engine.dispose()


def _create(connection: sa.Connection) -> None:
    op = Operations(MigrationContext.configure(connection))
    create_0001(op)
    create_0002(op)
    create_0003(op)
