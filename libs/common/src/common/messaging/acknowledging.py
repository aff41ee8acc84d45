"""Publishing with many acknowledgements in flight, over one inbox."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import Header

from common.messaging.connection import Wire, leave


class NotAcknowledged(NatsError):
    """The stream did not take a fact."""


class Ack(msgspec.Struct, frozen=True):
    """The stream has the fact, under the number ``seq``; ``duplicate`` when it knew the fact's id before."""

    seq: int = 0
    duplicate: bool = False
    error: dict[str, object] | None = None


class Acknowledging:
    """Publishes to a stream; each fact's future is done when the stream has it, or fails."""

    def __init__(self, client: Client, inbox: str) -> None:
        self._client = client
        self.inbox = inbox
        self._count = 0
        self._waiting: dict[str, asyncio.Future[Ack]] = {}
        self._read = msgspec.json.Decoder(Ack).decode

    async def publish(self, subject: str, data: bytes, headers: dict[str, str]) -> "asyncio.Future[Ack]":
        """Send; return the acknowledgement to come."""
        self._count += 1
        reply = f"{self.inbox}.{self._count}"
        future = self._waiting[reply] = asyncio.get_running_loop().create_future()
        await self._client.publish(subject, data, reply=reply, headers=headers)
        return future

    async def hear(self, message: Msg) -> None:
        """Settle the future that *message* answers."""
        future = self._waiting.pop(message.subject, None)
        if future is None or future.done():
            return
        if message.headers and (status := message.headers.get(Header.STATUS)):
            future.set_exception(NotAcknowledged(f"status {status}"))
            return
        ack = self._read(message.data)
        if ack.error is not None:
            future.set_exception(NotAcknowledged(str(ack.error)))
        else:
            future.set_result(ack)

    def forsake(self) -> None:
        """Wait for no acknowledgement any longer."""
        for future in self._waiting.values():
            future.cancel()
        self._waiting.clear()


@asynccontextmanager
async def acknowledging(wire: Wire) -> AsyncGenerator[Acknowledging]:
    """Publish with acknowledgements inside the block."""
    client = await wire.client()
    publisher = Acknowledging(client, client.new_inbox())
    subscription = await client.subscribe(f"{publisher.inbox}.*", cb=publisher.hear)
    try:
        yield publisher
    finally:
        publisher.forsake()
        await leave(subscription)
