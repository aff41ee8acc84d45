"""Tells the other processes of a service that something was committed, and hears it from them."""

import asyncio
from collections.abc import Callable

from nats.aio.msg import Msg

from common.messaging.connection import OUT_OF_REACH, Wire

_TRY_AGAIN = 0.5


class Bell:
    """One process's bell. What it says may be lost; whoever listens also looks by itself, more slowly."""

    def __init__(
        self, wire: Wire, service: str, holder: str, listeners: list[Callable[[], None]] | None = None
    ) -> None:
        self._wire = wire
        self._subject = f"acuerdo.wake.{service}"
        self._holder = holder.encode()
        self._rung = asyncio.Event()
        self._listeners = listeners

    def ring(self, _position: int = 0) -> None:
        """Something was committed: whoever listens in this process hears at once, the others soon."""
        self._rung.set()
        self._wake()

    async def run(self) -> None:
        """Carry the ringing between processes until cancelled."""
        while True:
            try:
                await self._carry()
            except OUT_OF_REACH:
                await asyncio.sleep(_TRY_AGAIN)

    async def _carry(self) -> None:
        async with self._wire.heard(self._subject, self._hear):
            while True:
                await self._rung.wait()
                self._rung.clear()
                await self._wire.tell(self._subject, self._holder)

    async def _hear(self, message: Msg) -> None:
        if message.data != self._holder:
            self._wake()

    def _wake(self) -> None:
        for listener in self._listeners:
            listener()
