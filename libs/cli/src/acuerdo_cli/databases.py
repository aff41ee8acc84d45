"""One database for each service, made when it is missing, and the way to it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from acuerdo_cli.errors import CommandFailed
from common.addresses import shown
from common.eventstore.versions import TooOld, require_new_enough


def address(server: str, database: str) -> str:
    """The address of *database* on the server that *server* is an address of."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{database}"))


def ensure(server: str, names: Sequence[str]) -> None:
    """Every database named exists on *server*.

    Raises:
        CommandFailed: nobody is there, or somebody who does not know us; the message holds no password.
    """
    # in a thread, because whoever calls may have an event loop of their own
    with ThreadPoolExecutor(max_workers=1) as aside:
        aside.submit(asyncio.run, _ensure(server, names)).result()


@asynccontextmanager
async def connected(server: str) -> AsyncGenerator["asyncpg.Connection[asyncpg.Record]"]:
    """Give a connection to the server, or the database on it, that *server* is an address of, for the block.

    Raises:
        CommandFailed: as ``ensure``, and where the database is not there.
    """
    try:
        connection = await asyncpg.connect(server)
    except (OSError, ValueError, asyncpg.PostgresError) as problem:
        why = str(problem) or type(problem).__name__
        raise CommandFailed(f"PostgreSQL cannot be used at {shown(server)}: {why}") from problem
    try:
        _require_new_enough(connection, server)
        yield connection
    finally:
        await connection.close()


def _require_new_enough(connection: "asyncpg.Connection[asyncpg.Record]", server: str) -> None:
    try:
        require_new_enough(connection.get_server_version().major)
    except TooOld as problem:
        raise CommandFailed(f"PostgreSQL cannot be used at {shown(server)}: {problem}") from problem


async def _ensure(server: str, names: Sequence[str]) -> None:
    async with connected(server) as connection:
        there = {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
        for name in names:
            if name not in there:
                await connection.execute(f'CREATE DATABASE "{name}"')
