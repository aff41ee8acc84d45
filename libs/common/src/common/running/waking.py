"""What the processes of a service tell one another as it happens, so that nothing waits for a poll; it may be lost."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import msgspec
from nats.aio.msg import Msg

from common.messaging.connection import OUT_OF_REACH, Wire

_AGAIN = 0.5  # seconds before NATS is tried again


class Tidings(msgspec.Struct, omit_defaults=True):
    """How far a worker has brought its service since it last said so.

    ``projected``: the rows hold the log up to there. ``taken_in``: of the sources that this worker alone follows, up to
    where all facts are taken in, and ``made``: up to where the log holds what was made of them.
    """

    projected: int = 0
    made: int = 0
    taken_in: dict[str, int] = {}


class _Saying:
    """Says what there is to say on *subject*, once for all that happened while it was being said."""

    def __init__(self, wire: Wire, subject: str) -> None:
        self._wire = wire
        self._subject = subject
        self._happened = asyncio.Event()

    async def run(self) -> None:
        """Say so, whenever it is so, until cancelled; the way is open from the beginning if it can be."""
        with suppress(*OUT_OF_REACH):
            await self._wire.client()
        while True:
            await self._happened.wait()
            self._happened.clear()
            try:
                await self._wire.tell(self._subject, self._said())
            except OUT_OF_REACH:
                await asyncio.sleep(_AGAIN)

    def _said(self) -> bytes:
        return b""


class Waker(_Saying):
    """Says ``acuerdo.wake.<service>`` when facts were added."""

    def __init__(self, wire: Wire, service: str) -> None:
        super().__init__(wire, f"acuerdo.wake.{service}")

    def __call__(self, _position: int) -> None:
        """Note that facts were added."""
        self._happened.set()


class Herald(_Saying):
    """Says ``acuerdo.stands.<service>`` when a worker has brought its service on."""

    def __init__(self, wire: Wire, service: str) -> None:
        super().__init__(wire, f"acuerdo.stands.{service}")
        self._since = Tidings()

    def projected(self, position: int) -> None:
        """Note that the rows hold the log up to *position*."""
        self._since.projected = position
        self._happened.set()

    def took_in(self, source: str, position: int, made: int) -> None:
        """Note that all facts of *source* up to *position* are taken in, and what was made of them is up to *made*."""
        self._since.taken_in[source] = position
        self._since.made = max(made, self._since.made)
        self._happened.set()

    def _said(self) -> bytes:
        since, self._since = self._since, Tidings()
        return msgspec.json.encode(since)


async def hear_wakes(wire: Wire, service: str, wake: Callable[[], None]) -> None:
    """Call *wake* whenever another process of the service says that it added facts, until cancelled."""
    await _hear(wire, f"acuerdo.wake.{service}", lambda _: wake())


async def hear_tidings(wire: Wire, service: str, learn: Callable[[Tidings], None]) -> None:
    """Have *learn* know what workers of the service say, until cancelled."""

    def read(said: bytes) -> None:
        with suppress(msgspec.DecodeError):  # a worker of another version; the database says the same
            learn(msgspec.json.decode(said, type=Tidings))

    await _hear(wire, f"acuerdo.stands.{service}", read)


async def _hear(wire: Wire, subject: str, take: Callable[[bytes], None]) -> None:
    async def hear(message: Msg) -> None:
        take(message.data)

    while True:
        with suppress(*OUT_OF_REACH):
            async with wire.heard(subject, hear):
                await asyncio.Event().wait()  # the client subscribes anew by itself when NATS comes back
        await asyncio.sleep(_AGAIN)
