"""Bringing a service's database to the tables that its program knows."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy.ext.asyncio import create_async_engine

from common.eventstore.addresses import sqlalchemy_url
from common.eventstore.ddl import create_0001, create_0002, create_0003

_LOCK = 0x6D6967726174  # "migrat": one process migrates at a time, others wait and then find nothing to do


async def migrate(url: str, migrations: Path) -> None:
    """Run the steps in the folder *migrations* that the database at *url* has not seen; all of them or none."""
    engine = create_async_engine(sqlalchemy_url(url), hide_parameters=True)
    try:
        async with engine.begin() as connection:
            await connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            await connection.run_sync(_upgrade, migrations)
    finally:
        await engine.dispose()


def run(context: EnvironmentContext) -> None:
    """Run from a service's ``migrations/env.py`` upon the connection that ``migrate`` holds."""
    context.configure(connection=context.config.attributes["connection"])
    with context.begin_transaction():
        context.run_migrations()


async def create_kernel_tables(url: str) -> None:
    """Make the store's tables alone in the database at *url*, for tests of the kernel."""
    engine = create_async_engine(sqlalchemy_url(url), hide_parameters=True)
    async with engine.begin() as connection:
        await connection.run_sync(_create)
    await engine.dispose()


def _upgrade(connection: sa.Connection, migrations: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _create(connection: sa.Connection) -> None:
    op = Operations(MigrationContext.configure(connection))
    create_0001(op)
    create_0002(op)
    create_0003(op)
