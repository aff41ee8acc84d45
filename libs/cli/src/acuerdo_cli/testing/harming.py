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


def kill(server: Server) -> None:
    """It is gone from one moment to the next."""
    assert server.running is not None, f"{server.name} does not run"
    processes.stop(server.running, how=signal.SIGKILL)


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
    connection = await asyncpg.connect(deployment.database_url(service))
    try:
        named = await connection.fetchval("SELECT holder FROM leases WHERE name = $1 AND expires_at > now()", lease)
    finally:
        await connection.close()
    pid = int(named.rpartition(":")[2]) if named else 0
    ours = {process.running.pid for process in deployment.processes.values() if process.running}
    return pid if pid in ours else 0
