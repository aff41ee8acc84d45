"""Bringing a service's database to the tables that its program knows, while programs of the version before use it."""

import asyncio
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from common.addresses import sqlalchemy_url
from common.eventstore.ddl import create_0001, create_0002, create_0003, create_0004
from common.eventstore.versions import require_new_enough

_LOCK = 0x6D6967726174  # "migrat": one process migrates at a time, others wait and then find nothing to do
_LONGEST_WAIT = "2s"
"""For a lock on a table: all who come after a step that waits for one wait behind it."""
_TRIES: Sequence[float] = (1.0,) * 60
"""Pauses in seconds after which a step that found something in its way is tried again."""
_IN_THE_WAY = ("55P03", "40P01")  # lock_not_available, deadlock_detected
_GONE = ("", "08", "57")  # classes: none said, the connection, an operator or a crash ended it
_STANDS = "SELECT coalesce((SELECT position FROM projection_progress WHERE projection = 'all'), 0)"
_MARK = "INSERT INTO projection_progress VALUES (:rows, :position) ON CONFLICT DO NOTHING"


class CannotMigrate(OSError):
    """The steps could not be run upon the database; those that were stand."""


class InTheWay(CannotMigrate):
    """A transaction of somebody else's has held for minutes what a step of a migration needs."""


async def migrate(url: str, migrations: Path, *, rows: str = "", tries: Sequence[float] = _TRIES) -> None:
    """Run the steps in the folder *migrations* that the database at *url* has not seen, each whole or not at all.

    *rows* names the shape of the rows that the program makes (``projecting.shape_of``): up to here they have it.

    Raises:
        InTheWay: a step could not have its locks in any of the *tries*; those before it stand.
        CannotMigrate: PostgreSQL refused a step because of what the database holds, or went away in the middle.
        TooOld: it lacks what the steps need.
    """
    engine = create_async_engine(sqlalchemy_url(url), hide_parameters=True)
    try:
        async with engine.connect() as connection:
            require_new_enough(int((connection.dialect.server_version_info or (0,))[0]))
            await _alone(connection)
            await connection.execute(sa.text(f"SET lock_timeout = '{_LONGEST_WAIT}'"))
            stands = await _projected(connection)
            await _upgrade(connection, migrations, tries)
            if rows and stands is not None:  # what is projected from here on may be the work of the version before
                await connection.execute(sa.text(_MARK), {"rows": rows, "position": stands})
                await connection.commit()
    finally:
        await engine.dispose()


def run(context: EnvironmentContext) -> None:
    """Run from a service's ``migrations/env.py`` upon the connection that ``migrate`` holds."""
    context.configure(connection=context.config.attributes["connection"], transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


@contextmanager
def apart(op: Operations) -> Generator[None]:
    """What a step did before the block stands; inside it each statement is a transaction that locks no table.

    For filling rows, and for ``CREATE INDEX CONCURRENTLY``. A step that was cut off here is run again from its
    beginning, so all that it does must bear being done twice.
    """
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        try:
            yield
        finally:
            op.execute(f"SET lock_timeout = '{_LONGEST_WAIT}'")


async def create_kernel_tables(url: str) -> None:
    """Make the store's tables alone in the database at *url*, for tests of the kernel."""
    engine = create_async_engine(sqlalchemy_url(url), hide_parameters=True)
    async with engine.begin() as connection:
        await connection.run_sync(_create)
    await engine.dispose()


async def _alone(connection: AsyncConnection) -> None:
    """Return when nobody else migrates, until the connection ends.

    It is asked again and again: who waits in a statement is waited for by ``CREATE INDEX CONCURRENTLY``.
    """
    while not (await connection.execute(sa.text(f"SELECT pg_try_advisory_lock({_LOCK})"))).scalar_one():
        await connection.commit()
        await asyncio.sleep(0.2)


async def _projected(connection: AsyncConnection) -> int | None:
    """Return how far rows follow the facts, None on a database that has no tables yet."""
    made = (await connection.execute(sa.text("SELECT to_regclass('projection_progress') IS NOT NULL"))).scalar_one()
    stands = (await connection.execute(sa.text(_STANDS))).scalar_one() if made else None
    await connection.commit()
    return stands


async def _upgrade(connection: AsyncConnection, migrations: Path, tries: Sequence[float]) -> None:
    for pause in (*tries, None):
        try:
            await connection.run_sync(_run_steps, migrations)
        except DBAPIError as error:
            said = str(getattr(error.orig, "sqlstate", None) or "")
            if said[:2] in _GONE:
                raise CannotMigrate(f"the database went away during a step, run it again: {error.orig}") from error
            if said not in _IN_THE_WAY:
                raise CannotMigrate(f"a step was refused: {error.orig}") from error
            if pause is None:
                raise InTheWay(f"a transaction holds what a migration needs: {error.orig}") from error
            await connection.rollback()
            await asyncio.sleep(pause)
        else:
            return


def _run_steps(connection: sa.Connection, migrations: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _create(connection: sa.Connection) -> None:
    op = Operations(MigrationContext.configure(connection))
    create_0001(op)
    create_0002(op)
    create_0003(op)
    create_0004(op)
