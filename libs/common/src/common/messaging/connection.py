"""The way to NATS: connected when it can be, for ever tried again when it cannot."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from common.messaging.client import QuickClient
from common.values import value

_log = structlog.get_logger(__name__)

OUT_OF_REACH = (OSError, NatsError)
"""What is raised when NATS is not there; it has come back when the same is tried again and works."""


class Disconnected(NatsError):
    """NATS is not connected at this moment, or was not for a while since."""


@value
class StreamSettings:
    """The stream that all facts are published to. Seconds and bytes; 0 in ``max_age`` and ``max_bytes`` is no limit.

    PostgreSQL keeps every fact for ever; the stream is for those who follow. A service that was away for longer than
    facts stay finds the gap in their positions and asks the relay, which publishes again from there. Within the
    ``duplicate_window`` a fact that a relay publishes twice, as after a crash, is on the stream once; later a follower
    knows it by its position.
    """

    name: str = "ACUERDO"
    replicas: int = 1
    max_age: float = 0
    max_bytes: int = 0
    duplicate_window: float = 120


class Wire:
    """One process's connection to NATS. ``generation`` grows each time it was lost and is there again."""

    def __init__(self, url: str, *, name: str, stream: StreamSettings | None = None) -> None:
        self._url = url
        self._name = name
        self._client: QuickClient | None = None
        self._connecting = asyncio.Lock()
        self.stream = stream or StreamSettings()
        self.generation = 0

    async def client(self) -> QuickClient:
        """Return the connected client, or raise one of ``OUT_OF_REACH``."""
        async with self._connecting:
            if self._client is None or self._client.is_closed:
                self._client = await self._connect()
        if not self._client.is_connected:
            raise Disconnected
        return self._client

    @property
    def up(self) -> bool:
        """Tell whether NATS is connected now."""
        return self._client is not None and self._client.is_connected

    async def tell(self, subject: str, said: bytes = b"") -> None:
        """Say something that may be lost to whoever listens now."""
        await (await self.client()).publish(subject, said)

    @asynccontextmanager
    async def heard(
        self, subject: str, hear: Callable[[Msg], Awaitable[None]], *, queue: str = ""
    ) -> AsyncGenerator[None]:
        """Let *hear* have every plain message to *subject* inside the block; of a *queue* only one listener has it."""
        subscription = await (await self.client()).subscribe(subject, queue=queue, cb=hear)
        try:
            yield
        finally:
            await leave(subscription)

    async def close(self) -> None:
        """Send what is still to be sent and go."""
        client, self._client = self._client, None
        if client is not None and not client.is_closed:
            await client.close()

    async def _connect(self) -> QuickClient:
        client = QuickClient()
        try:
            await self._open(client)
        except BaseException:
            client.abandon()
            raise
        return client

    async def _open(self, client: QuickClient) -> None:
        await client.connect(
            self._url,
            name=self._name,
            connect_timeout=2,
            reconnect_time_wait=0.1,  # pyright: ignore[reportArgumentType] - seconds; only its annotation says int
            max_reconnect_attempts=-1,
            ping_interval=2,
            max_outstanding_pings=2,
            error_cb=_complain,
            reconnected_cb=self._came_back,
        )

    async def _came_back(self) -> None:
        self.generation += 1
        _log.info("nats is connected again")


async def leave(subscription: Subscription) -> None:
    """End *subscription*; one that is already gone, or whose connection is, is no matter."""
    try:
        await subscription.unsubscribe()
    except OUT_OF_REACH:
        return


async def _complain(error: Exception) -> None:
    _log.debug("nats", error=repr(error))
