"""Back to a backup: four databases together, and a stream on NATS that says what they say and nothing else."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from asyncpg import Connection
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError

from acuerdo_cli import databases, reaching_nats
from acuerdo_cli.backup import programs
from acuerdo_cli.backup.manifest import Manifest, Part
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.services import SERVICES
from common.messaging.connection import StreamSettings

T = TypeVar("T")

_KEYS_IN = "acuerdo_touchpoints"
_IN_USE = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = $1 AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_END_SESSIONS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = ANY($1) AND backend_type = 'client backend'
"""
_HOLDS = "SELECT (SELECT version_num FROM alembic_version), coalesce(max(position), 0) FROM events"
_THERE = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datconnlimit <> -2)"
"""Whether a database is there, and not half dropped, which nobody can look into."""
_OWNER = "SELECT coalesce((SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1), current_user)"
_MAKE = "SELECT format('CREATE DATABASE %I OWNER %I', $1::text, $2::text)"
_LIKE = """
    WITH one AS (SELECT oid, datdba, datacl, datconnlimit FROM pg_database WHERE datname = $1)
    SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC, %I', $2::text, pg_get_userbyid(datdba)) FROM one
    UNION ALL
    SELECT format('GRANT %s ON DATABASE %I TO %s%s', privilege_type, $2::text,
                  CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
                  CASE WHEN is_grantable AND grantee <> datdba THEN ' WITH GRANT OPTION' END)
    FROM one, aclexplode(coalesce(datacl, acldefault('d', datdba)))
    UNION ALL
    SELECT format('ALTER %s SET %I = %s',
                  CASE setrole WHEN 0 THEN format('DATABASE %I', $2::text)
                  ELSE format('ROLE %I IN DATABASE %I', pg_get_userbyid(setrole), $2::text) END,
                  name, CASE WHEN name = ANY($3::text[]) AND value NOT IN ('', '""') THEN value
                        ELSE quote_literal(CASE value WHEN '""' THEN '' ELSE value END) END)
    FROM one JOIN pg_db_role_setting ON setdatabase = one.oid, unnest(setconfig) AS setting,
         split_part(setting, '=', 1) AS name, substr(setting, strpos(setting, '=') + 1) AS value
    UNION ALL
    SELECT format('COMMENT ON DATABASE %I IS %L', $2::text, shobj_description(oid, 'pg_database')) FROM one
    UNION ALL
    SELECT format('ALTER DATABASE %I CONNECTION LIMIT %s', $2::text, datconnlimit) FROM one
"""
"""What makes a database like another: who may do what with it, its settings, what is said of it."""
_LISTS = ["local_preload_libraries", "search_path", "session_preload_libraries", "temp_tablespaces"]
"""Settings whose value is kept as it is written, quotes and all: as PostgreSQL's pg_dump has it."""
_PLAIN = {"search_path": "public", "statement_timeout": "0", "default_transaction_read_only": "off"}
"""How a database is asked, whatever was set for it."""
_DESTROYED = "SELECT customer_id FROM customer_keys WHERE wrapped IS NULL"
_DESTROY = """
    UPDATE customer_keys SET public_key = NULL, wrapped = NULL, remains = true
    WHERE customer_id = ANY($1) AND wrapped IS NOT NULL RETURNING customer_id
"""


class CannotRestore(CommandFailed):
    """Something still uses the databases, would be lost unasked, or cannot be reached."""


def restore(server: str, nats_url: str, place: Path, taken: Manifest, *, replace: bool) -> Sequence[UUID]:
    """Put what *taken* in *place* holds where the services on *server* look for theirs: all four databases, or none.

    NATS forgets before that what it was told: services that are started then publish all that they have again, also
    where this failed. Returned are the customers who were erased since: their keys are destroyed again before anybody
    can read their data; their erasure is no fact yet.

    Raises:
        CannotRestore: processes are connected to them, or they hold facts and *replace* does not say that these go; or
            the backup is of a newer version.
    """
    return _in_reach(_restore(server, nats_url, place, taken, replace=replace))


def tidy(server: str) -> None:
    """Drop what a restore that was cut off had read in, and what it had replaced."""
    _in_reach(_tidy(server))


def _in_reach(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except (OSError, asyncpg.PostgresError) as problem:
        raise CannotRestore(f"PostgreSQL did not let the backup in: {problem}") from problem


async def _restore(server: str, nats_url: str, place: Path, taken: Manifest, *, replace: bool) -> Sequence[UUID]:
    _require_known(taken)
    await _require_free(server)
    if not replace:
        await _require_empty(server)
    erased = await _erased(server)
    await _tidy(server)
    try:
        for service in SERVICES:
            await _read_in(server, service.database, place, taken.of(service))
        again = await _destroyed_again(databases.address(server, _fresh(_KEYS_IN)), erased)
        for service in SERVICES:
            await _make_like(server, service.database)
        await _forget(nats_url)
        await _take_their_places(server)
    finally:
        await _tidy(server)  # what was half read in has keys in it that were destroyed, and fills the disk
    return again


async def _read_in(server: str, name: str, place: Path, part: Part) -> None:
    owner = await _anew(server, name)
    url, path = databases.address(server, _fresh(name)), place / part.file
    await programs.run("pg_restore", url, "--exit-on-error", "--no-owner", f"--role={owner}", str(path))
    async with _connected(url) as connection:
        revision, position = await connection.fetchrow(_HOLDS) or ("", 0)
    if (revision, position) != (part.revision, part.position):
        said = f"the backup's manifest says {part.position:,} and {part.revision}"
        raise CannotRestore(f"{path} has facts up to {position:,} and tables of step {revision}; {said}")


def _require_known(taken: Manifest) -> None:
    """Return when the programs that are here know the tables of the backup, or can make theirs of them."""
    for service in SERVICES:
        steps, revision = service.migrations(), taken.of(service).revision
        if steps is not None and revision not in {name.partition("_")[0] for name in steps}:
            raise CannotRestore(f"{service.name} is older here than in the backup, whose step {revision} it lacks")


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
    """Return whose keys are destroyed in what is about to go, also in what a restore that was cut off left behind."""
    found = set[UUID]()
    for name in (_KEYS_IN, _old(_KEYS_IN), _fresh(_KEYS_IN)):
        async with _connected_if_there(server, name) as connection:
            if connection is not None and await connection.fetchval("SELECT to_regclass('customer_keys')") is not None:
                found |= {row["customer_id"] for row in await connection.fetch(_DESTROYED)}
    return sorted(found)


async def _destroyed_again(touchpoints: str, customers: Sequence[UUID]) -> list[UUID]:
    if not customers:
        return []
    async with _connected(touchpoints) as connection:
        return [row["customer_id"] for row in await connection.fetch(_DESTROY, customers)]


async def _anew(server: str, name: str) -> str:
    """Make the database that takes the place of *name*; return whose it is, as that one is."""
    async with _connected(server) as connection:
        owner = await connection.fetchval(_OWNER, name)
        await connection.execute(await connection.fetchval(_MAKE, _fresh(name), owner))
    return owner


async def _make_like(server: str, name: str) -> None:
    """Make the database that takes the place of *name* like that one in all but what is in it."""
    async with _connected(server) as connection:
        for (statement,) in await connection.fetch(_LIKE, name, _fresh(name), _LISTS):
            await connection.execute(statement)


async def _take_their_places(server: str) -> None:
    """Rename all in one transaction: whatever happens meanwhile, the services find four databases of one time."""
    try:
        async with _connected(server) as connection, connection.transaction():
            await _rename(connection, [service.database for service in SERVICES])
    except asyncpg.ObjectInUseError as problem:
        raise CannotRestore(f"{problem.args[0]}; all four databases are as they were") from problem


async def _rename(connection: "Connection[Any]", names: Sequence[str]) -> None:
    """Set each of *names* aside, where it is there, and give it to the restored database, which nobody uses yet."""
    for name in names:
        if await connection.fetchval(_THERE, name):
            await connection.execute(f'ALTER DATABASE "{name}" RENAME TO "{_old(name)}"')
    await connection.execute(_END_SESSIONS, [_fresh(name) for name in names])
    for name in names:
        await connection.execute(f'ALTER DATABASE "{_fresh(name)}" RENAME TO "{name}"')


async def _tidy(server: str) -> None:
    """Drop what was read in and took no place, and what was replaced: nothing is replaced before another is there."""
    async with _connected(server) as connection:
        for service in SERVICES:
            name = service.database
            await connection.execute(f'DROP DATABASE IF EXISTS "{_fresh(name)}" WITH (FORCE)')
            if await connection.fetchval(_THERE, name):
                await connection.execute(f'DROP DATABASE IF EXISTS "{_old(name)}" WITH (FORCE)')


async def _forget(nats_url: str) -> None:
    """Begin the stream anew, as it was set up; where there is none the services make it. They publish all they have."""
    try:
        client = await reaching_nats.connected(nats_url)
    except (OSError, NatsError) as problem:
        raise CannotRestore(f"NATS cannot be reached, and facts that are no more may be on it: {problem}") from problem
    try:
        config = (await client.jetstream().stream_info(StreamSettings().name)).config
        await client.jetstream().delete_stream(StreamSettings().name)
        await client.jetstream().add_stream(config)
    except NotFoundError:
        return
    except NatsError as problem:
        raise CannotRestore(f"NATS did not let its facts be removed: {problem}") from problem
    finally:
        await client.close()


def _fresh(database: str) -> str:
    return f"{database}_restored"


def _old(database: str) -> str:
    return f"{database}_replaced"


@asynccontextmanager
async def _connected(url: str) -> AsyncGenerator["Connection[Any]"]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def _connected_if_there(server: str, database: str) -> AsyncGenerator["Connection[Any] | None"]:
    async with _connected(server) as connection:
        there = await connection.fetchval(_THERE, database)
    if not there:
        yield None
        return
    connection = await asyncpg.connect(databases.address(server, database), server_settings=_PLAIN)
    try:
        yield connection
    finally:
        await connection.close()
