"""What can befall a deployment's processes and servers."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.embedded import EmbeddedNats, EmbeddedPostgres, processes
from acuerdo_cli.embedded.server import Server

_HOLDER = "SELECT holder FROM leases WHERE name = $1 AND holder <> '' AND expires_at > now()"
_FOLLOWERS = """
    SELECT holder FROM inbox_shares WHERE source = $1 AND holder <> '' AND expires_at > now() ORDER BY lo
"""


def kill(server: Server) -> None:
    """It is gone from one moment to the next."""
    assert server.running is not None, f"{server.name} does not run"
    processes.stop(server.running, how=signal.SIGKILL)


async def crash(deployment: Deployment, service: str) -> None:
    """One of PostgreSQL's processes, which serves *service*, is gone: the server ends all others and recovers."""
    connection = await asyncpg.connect(deployment.database_url(service))
    pid = await connection.fetchval("SELECT pg_backend_pid()")
    os.kill(pid, signal.SIGKILL)
    connection.terminate()


async def start(server: Server) -> None:
    """It is ready again."""
    await asyncio.to_thread(server.start)


@asynccontextmanager
async def stopped(server: Server) -> AsyncGenerator[None]:
    """Let it be shut down in good order inside the block, and be ready again after it."""
    await asyncio.to_thread(server.stop)
    try:
        yield
    finally:
        await start(server)


@asynccontextmanager
async def frozen(pid: int) -> AsyncGenerator[None]:
    """Let the process stand still inside the block; it goes on as if nothing had been."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def wipe(nats: EmbeddedNats) -> None:
    """Everything that it kept is lost, and it runs again."""
    async with stopped(nats):
        shutil.rmtree(nats.home / "data")


def servers(deployment: Deployment) -> tuple[EmbeddedPostgres, EmbeddedNats]:
    """Return its PostgreSQL and its NATS."""
    assert deployment.postgres is not None
    assert deployment.nats is not None
    return deployment.postgres, deployment.nats


async def holder(deployment: Deployment, service: str, lease: str) -> int:
    """Return the process that holds *lease*, one of this deployment's workers; 0 while none does."""
    return next(iter(await _named(deployment, service, _HOLDER, lease)), 0)


async def followers(deployment: Deployment, service: str, source: str) -> list[int]:
    """Return the processes that have a part of *source*'s facts, each once for each share."""
    return await _named(deployment, service, _FOLLOWERS, source)


async def _named(deployment: Deployment, service: str, statement: str, what: str) -> list[int]:
    """Return those of this deployment's processes that *statement* names by host and number."""
    connection = await asyncpg.connect(deployment.database_url(service))
    try:
        names = [row[0] for row in await connection.fetch(statement, what)]
    finally:
        await connection.close()
    ours = {process.running.pid for process in deployment.processes.values() if process.running}
    return [pid for pid in (int(name.rpartition(":")[2]) for name in names) if pid in ours]
