"""Migrations without a service: the kernel's own tables in a database, for tests and tools."""

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from common.eventstore.ddl import create_0001


def sqlalchemy_url(url: str) -> str:
    """Return the PostgreSQL address *url* as SQLAlchemy wants it for asyncpg."""
    return "postgresql+asyncpg://" + url.split("://", 1)[1]


async def create_kernel_tables(url: str) -> None:
    """Make the store's tables in the database at *url*."""
    engine = create_async_engine(sqlalchemy_url(url))
    async with engine.begin() as connection:
        await connection.run_sync(_create)
    await engine.dispose()


def _create(connection: Connection) -> None:
    create_0001(Operations(MigrationContext.configure(connection)))
