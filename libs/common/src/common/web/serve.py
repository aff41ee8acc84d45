"""Serving an application until it is told to stop, without dropping a request that was accepted."""

import asyncio
from signal import SIGINT
from socket import socket
from types import FrameType
from typing import Protocol

import uvicorn
from fastapi import FastAPI

from common.web.connection import Connection

_GRACE = 20
_BACKLOG = 2_048


class Address(Protocol):
    """Where to listen, and how long to go on after being told to stop."""

    @property
    def host(self) -> str:
        """The address to listen on."""
        ...

    @property
    def port(self) -> int:
        """The port to listen on."""
        ...

    @property
    def drain_seconds(self) -> float:
        """How long to go on serving, not ready any more."""
        ...


class Server(uvicorn.Server):
    """Told to stop, it says so in ``/readyz``, serves on for a while, then finishes what it has begun."""

    def __init__(self, app: FastAPI, settings: Address) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                loop="uvloop",
                http=Connection,
                ws="none",
                lifespan="auto",
                access_log=False,  # raw paths may hold what is nobody's business; the edge counts by route template
                log_config=None,
                server_header=False,
                backlog=_BACKLOG,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=_GRACE,
            )
        )
        self._app = app
        self._drain = settings.drain_seconds
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Begin to listen."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Answer what was accepted and listen no more; whoever waits to see something is told that it is not there."""
        self._app.state.runtime.progress.let_go()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler's shape
        """Begin to drain; told twice, stop at once. The signal is not raised again: whoever serves cleans up after."""
        told_before, self._app.state.draining = self._app.state.draining, True
        if self._loop is None or told_before or self._drain == 0:
            self.force_exit = self.should_exit and sig == SIGINT
            self.should_exit = True
            return
        self._loop.call_soon_threadsafe(self._loop.call_later, self._drain, self._stop)

    def _stop(self) -> None:
        self.should_exit = True
