"""Publishing with many acknowledgements in flight, over one inbox."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import Header

from common.messaging.client import Came, QuickClient
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

    def __init__(self, client: QuickClient, inbox: str) -> None:
        self._client = client
        self.inbox = inbox
        self._count = 0
        self._waiting: dict[bytes, asyncio.Future[Ack]] = {}
        self._read = msgspec.json.Decoder(Ack).decode

    async def publish(self, subject: str, data: bytes, block: bytes) -> "asyncio.Future[Ack]":
        """Send with the headers *block*; return the acknowledgement to come."""
        self._count += 1
        reply = f"{self.inbox}.{self._count}"
        future = self._waiting[reply.encode()] = asyncio.get_running_loop().create_future()
        await self._client.publish_quickly(subject, data, reply, block)
        return future

    def settle(self, came: Came) -> None:
        """Settle the future that *came* answers."""
        future = self._waiting.pop(came.subject, None)
        if future is None or future.done():
            return
        try:
            ack = self._read(came.data)
        except (ValueError, RecursionError) as error:  # msgspec's own are ValueErrors, and so is what is no UTF-8
            _fail(future, f"it answered what cannot be read: {error}")
            return
        if ack.error is not None:
            _fail(future, str(ack.error))
        else:
            future.set_result(ack)

    async def hear(self, message: Msg) -> None:
        """Let the future that *message* answers fail: the server says that nobody took the fact."""
        future = self._waiting.pop(message.subject.encode(), None)
        if future is not None and not future.done():
            _fail(future, f"status {(message.headers or {}).get(Header.STATUS)}")

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
    subscription = await client.subscribe_quickly(f"{publisher.inbox}.*", publisher.settle, publisher.hear)
    try:
        yield publisher
    finally:
        publisher.forsake()
        await leave(subscription)


def _fail(future: "asyncio.Future[Ack]", why: str) -> None:
    """Let *future* fail; nobody need look at it: who finds one that failed begins again, with all that were sent."""
    future.set_exception(NotAcknowledged(why))
    future.exception()
