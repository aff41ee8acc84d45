"""One database for each service, made when it is missing."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit, urlunsplit

from acuerdo_cli.errors import CommandFailed


def address(server: str, database: str) -> str:
    """The address of *database* on the server that *server* is an address of."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{database}"))


def ensure(server: str, names: Sequence[str]) -> None:
    """Every database named exists on *server*."""
    # in a thread, because whoever calls may have an event loop of their own
    with ThreadPoolExecutor(max_workers=1) as aside:
        aside.submit(asyncio.run, _ensure(server, names)).result()


async def _ensure(server: str, names: Sequence[str]) -> None:
    import asyncpg

    try:
        connection = await asyncpg.connect(server)
    except (OSError, asyncpg.PostgresError) as problem:
        raise CommandFailed(f"PostgreSQL does not let us in: {problem}") from problem
    try:
        there = {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
        for name in names:
            if name not in there:
                await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
