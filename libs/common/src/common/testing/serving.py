"""An application behind a port of its own, for what only a real connection shows."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from common.values import value
from common.web.serve import Server


@value
class Here:
    """Any free port of this machine."""

    host: str = "127.0.0.1"
    port: int = 0
    drain_seconds: float = 0.0


@asynccontextmanager
async def served(app: FastAPI) -> AsyncGenerator[int]:
    """Serve *app* inside the block; give its port."""
    server = Server(app, Here())
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - there is no event that tells
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task
