"""A backup: every service's database as it stood at one moment, while all of them go on.

Services learn of one another by facts and remember how far they have read. Were one database dumped a little before
another, a service could remember facts that their own service has not stated. So for some milliseconds nothing is
appended anywhere; in that stillness each database's dump is given its snapshot.
"""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
from asyncpg import Connection

from acuerdo_cli import databases
from acuerdo_cli.backup import manifest, programs
from acuerdo_cli.backup.manifest import FORMAT, Manifest, Part
from acuerdo_cli.embedded import keeping
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.services import SERVICES, Service
from common.eventstore.still import keep_still
from common.values import value

_PATIENCE = 10.0  # seconds that an append under way may take
_STOOD = """
    SELECT pg_export_snapshot() AS snapshot, (SELECT coalesce(max(position), 0) FROM events) AS position,
           (SELECT version_num FROM alembic_version) AS revision
"""


class CannotBackUp(CommandFailed):
    """The databases cannot be read, or where the backup should go is taken."""


@value
class Stood:
    """A database as it stood: the snapshot to read it by, how far its log went, the last step of its tables."""

    snapshot: str
    position: int
    revision: str


def back_up(urls: Mapping[str, str], place: Path, now: datetime) -> Manifest:
    """Write the databases at *urls* (by service) as they stand into the new directory *place*.

    Raises:
        CannotBackUp: *place* is there already or cannot be written, or a database cannot be read.
        CommandFailed: as ``databases.connected``.
    """
    _make(place)
    try:
        taken = Manifest(format=FORMAT, taken_at=now, parts=asyncio.run(_written(urls, place)))
        manifest.write(place, taken)
    except BaseException as problem:
        shutil.rmtree(place, ignore_errors=True)  # half a backup is none, and may fill the disk
        if isinstance(problem, OSError | asyncpg.PostgresError):
            raise CannotBackUp(f"a database cannot be read, or {place} not written: {problem}") from problem
        raise
    return taken


def _make(place: Path) -> None:
    """Make the directory *place*; one that is there must be empty."""
    try:
        keeping.private_directory(place)
        taken = any(place.iterdir())
        if not taken:
            place.chmod(0o700)
    except FileExistsError:
        taken = True
    except OSError as problem:
        raise CannotBackUp(f"{place} cannot be made: {problem.strerror}") from problem
    if taken:
        raise CannotBackUp(f"{place} is there already; name a new directory")


async def _written(urls: Mapping[str, str], place: Path) -> tuple[Part, ...]:
    async with _at_one_point(urls) as stood:
        dumps = (_dump(one, urls[one.name], stood[one.name], place) for one in SERVICES)
        return tuple(await asyncio.gather(*dumps))


async def _dump(service: Service, url: str, stood: Stood, place: Path) -> Part:
    path = place / f"{service.name}.dump"
    path.touch(mode=0o600)
    await programs.run("pg_dump", url, "--format=custom", f"--snapshot={stood.snapshot}", f"--file={path}")
    return Part(
        service=service.name,
        file=path.name,
        sha256=await asyncio.to_thread(manifest.digest, path),
        position=stood.position,
        revision=stood.revision,
    )


@asynccontextmanager
async def _at_one_point(urls: Mapping[str, str]) -> AsyncGenerator[dict[str, Stood]]:
    """Give a snapshot of each database, all of one point; each can be read by it inside the block."""
    async with AsyncExitStack() as readers:
        async with AsyncExitStack() as still:
            for url in urls.values():
                await keep_still(await _transaction(still, url), _PATIENCE)
            stood = {name: await _stood(await _transaction(readers, url, snapshot=True)) for name, url in urls.items()}
        yield stood


async def _transaction(stack: AsyncExitStack, url: str, *, snapshot: bool = False) -> "Connection[Any]":
    connection = await stack.enter_async_context(databases.connected(url))
    isolation = "repeatable_read" if snapshot else "read_committed"
    await stack.enter_async_context(connection.transaction(isolation=isolation, readonly=snapshot))
    return connection


async def _stood(connection: "Connection[Any]") -> Stood:
    row = await connection.fetchrow(_STOOD)
    return Stood(**dict(row or {}))
