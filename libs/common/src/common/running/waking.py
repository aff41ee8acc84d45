"""Telling the processes of a service that facts were added, so that nothing waits for a poll."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from nats.aio.msg import Msg

from common.messaging.connection import OUT_OF_REACH, Wire

_AGAIN = 0.5  # seconds before NATS is tried again


class Waker:
    """Says ``acuerdo.wake.<service>`` once for all appends that happened while it was being said; it may be lost.

    *name* tells this process from the others of the service.
    """

    def __init__(self, wire: Wire, service: str, name: str) -> None:
        self._wire = wire
        self._subject = f"acuerdo.wake.{service}"
        self._name = name.encode()
        self._added = asyncio.Event()

    def __call__(self, _position: int) -> None:
        """Note that facts were added."""
        self._added.set()

    async def run(self) -> None:
        """Say so, whenever it is so, until cancelled; the way is open from the beginning if it can be."""
        with suppress(*OUT_OF_REACH):
            await self._wire.client()
        while True:
            await self._added.wait()
            self._added.clear()
            try:
                await self._wire.tell(self._subject, self._name)
            except OUT_OF_REACH:
                await asyncio.sleep(_AGAIN)


async def hear_wakes(wire: Wire, service: str, name: str, wake: Callable[[], None]) -> None:
    """Call *wake* whenever another process than *name* says that it added facts to the service's, until cancelled."""

    async def hear(message: Msg) -> None:
        if message.data.decode(errors="replace") != name:
            wake()

    while True:
        with suppress(*OUT_OF_REACH):
            async with wire.heard(f"acuerdo.wake.{service}", hear):
                await asyncio.Event().wait()  # the client subscribes anew by itself when NATS comes back
        await asyncio.sleep(_AGAIN)
