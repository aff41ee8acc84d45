"""Back to a backup: four databases together, and a stream on NATS that says what they say and nothing else."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import nats
from asyncpg import Connection
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError

from acuerdo_cli import databases
from acuerdo_cli.backup import programs
from acuerdo_cli.backup.manifest import Manifest
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.services import SERVICES
from common.messaging.connection import StreamSettings

T = TypeVar("T")

_KEYS_IN = "acuerdo_touchpoints"
_IN_USE = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"
_DESTROYED = "SELECT customer_id FROM customer_keys WHERE wrapped IS NULL"
_DESTROY = """
    UPDATE customer_keys SET public_key = NULL, wrapped = NULL, remains = true
    WHERE customer_id = ANY($1) AND wrapped IS NOT NULL RETURNING customer_id
"""


class CannotRestore(CommandFailed):
    """Something still uses the databases, would be lost unasked, or cannot be reached."""


def prepare(server: str, nats_url: str, place: Path, taken: Manifest, *, replace: bool) -> Sequence[UUID]:
    """Put what *taken* in *place* holds beside the databases on *server*, and let NATS forget what it was told.

    Nothing is lost yet: services that are started now publish all that they have again. Returned are the customers who
    were erased since: their keys are destroyed again, so that nobody reads their data; their erasure is no fact yet.

    Raises:
        CannotRestore: processes are connected to them, or they hold facts and *replace* does not say that these go.
    """
    return _in_reach(_prepare(server, nats_url, place, taken, replace=replace))


def take_their_places(server: str) -> None:
    """Put the restored databases where the services look for theirs, one after the other."""
    _in_reach(_take_their_places(server))


def _in_reach(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except (OSError, asyncpg.PostgresError) as problem:
        raise CannotRestore(f"PostgreSQL did not let the backup in: {problem}") from problem


async def _prepare(server: str, nats_url: str, place: Path, taken: Manifest, *, replace: bool) -> Sequence[UUID]:
    await _require_free(server)
    if not replace:
        await _require_empty(server)
    erased = await _erased(server)
    for service in SERVICES:
        fresh = databases.address(server, _fresh(service.database))
        await _anew(server, _fresh(service.database))
        path = str(place / taken.of(service).file)
        await asyncio.to_thread(programs.run, "pg_restore", fresh, "--exit-on-error", "--no-owner", path)
    again = await _destroyed_again(databases.address(server, _fresh(_KEYS_IN)), erased)
    await _forget(nats_url)
    return again


async def _require_free(server: str) -> None:
    async with _connected(server) as connection:
        for service in SERVICES:
            if await connection.fetchval(_IN_USE, service.database):
                raise CannotRestore(f"{service.database} is in use; stop what uses it first, such as: acuerdo down")


async def _require_empty(server: str) -> None:
    for service in SERVICES:
        async with _connected_if_there(server, service.database) as connection:
            if connection is not None and await _has_facts(connection):
                raise CannotRestore(f"{service.name} has facts, which would be gone; say --replace if they are to go")


async def _has_facts(connection: "Connection[Any]") -> bool:
    if await connection.fetchval("SELECT to_regclass('events')") is None:
        return False
    return await connection.fetchval("SELECT EXISTS (SELECT FROM events)")


async def _erased(server: str) -> list[UUID]:
    """Return whose keys are destroyed in the database that is about to go."""
    async with _connected_if_there(server, _KEYS_IN) as connection:
        if connection is None or await connection.fetchval("SELECT to_regclass('customer_keys')") is None:
            return []
        return [row["customer_id"] for row in await connection.fetch(_DESTROYED)]


async def _destroyed_again(touchpoints: str, customers: Sequence[UUID]) -> list[UUID]:
    if not customers:
        return []
    async with _connected(touchpoints) as connection:
        return [row["customer_id"] for row in await connection.fetch(_DESTROY, customers)]


async def _anew(server: str, name: str) -> None:
    async with _connected(server) as connection:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        await connection.execute(f'CREATE DATABASE "{name}"')


async def _take_their_places(server: str) -> None:
    async with _connected(server) as connection:
        for service in SERVICES:
            await connection.execute(f'DROP DATABASE IF EXISTS "{service.database}"')
            await connection.execute(f'ALTER DATABASE "{_fresh(service.database)}" RENAME TO "{service.database}"')


async def _forget(nats_url: str) -> None:
    """Remove the stream: the services make it again and publish all that they have."""
    try:
        client = await nats.connect(nats_url, allow_reconnect=False, connect_timeout=3, error_cb=_unheard)
    except (OSError, NatsError) as problem:
        raise CannotRestore(f"NATS cannot be reached, and facts that are no more may be on it: {problem}") from problem
    try:
        await client.jetstream().delete_stream(StreamSettings().name)
    except NotFoundError:
        return
    except NatsError as problem:
        raise CannotRestore(f"NATS did not let its facts be removed: {problem}") from problem
    finally:
        await client.close()


async def _unheard(_: Exception) -> None:
    """What goes wrong is raised where it is waited for."""


def _fresh(database: str) -> str:
    return f"{database}_restored"


@asynccontextmanager
async def _connected(url: str) -> AsyncGenerator["Connection[Any]"]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def _connected_if_there(server: str, database: str) -> AsyncGenerator["Connection[Any] | None"]:
    try:
        connection = await asyncpg.connect(databases.address(server, database))
    except asyncpg.InvalidCatalogNameError:
        yield None
        return
    try:
        yield connection
    finally:
        await connection.close()
