"""Messages of the stream as they come: asked for ahead, so that none waits for a question."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import msgspec
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import Header

from common.messaging.client import Came, QuickClient
from common.messaging.connection import Disconnected, Wire, leave
from common.messaging.stream import begin_reading, ensure

_EXPIRED = "408"
_HEARTBEAT = "100"
_CONFLICT, _FULL = "409", ("Message Size Exceeds MaxBytes", "Batch Completed")
"""How the server says that a request has brought as many bytes as it may."""
_PENDING = "Nats-Pending-Messages"
_ROOM = 4 * 1024 * 1024
"""Bytes that one request may bring. At most two live at once for each of a few sources on one connection, and NATS cuts
a connection that 64 MiB wait for."""


class PullEnded(NatsError):
    """The consumer answers no longer; ask it anew."""


class Pull:
    """What one consumer has sent us and we have not taken yet, ``held`` bytes of it.

    A request for messages lives *lasts* seconds, less than a lease, so that a holder that is frozen gets no more.
    """

    def __init__(self, wire: Wire, client: QuickClient, consumer: str, *, ahead: int, lasts: float) -> None:
        self._wire = wire
        self._generation = wire.generation
        self._client = client
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{wire.stream.name}.{consumer}"
        self._ahead = ahead
        self._lasts = lasts
        self._asked = 0
        self._arrived: deque[Came] = deque()
        self.held = 0
        self._last: Came | None = None
        self._failure: Exception | None = None
        self._clock = asyncio.get_running_loop().time
        self._heard_at = 0.0
        self.inbox = client.new_inbox()
        self.stirred = asyncio.Event()

    def keep(self, came: Came) -> None:
        """Have *came* until it is taken."""
        self._heard_at = self._clock()
        self._asked -= 1
        self._arrived.append(came)
        self.held += len(came.data)
        self.stirred.set()

    async def hear(self, message: Msg) -> None:
        """Learn that a request has run out or failed, or that all is well."""
        self._heard_at = self._clock()
        said = message.headers or {}
        status = said.get(Header.STATUS)
        if status == _HEARTBEAT:
            return
        full = status == _CONFLICT and said.get(Header.DESCRIPTION, "").startswith(_FULL)
        if status == _EXPIRED or full:
            self._asked -= int(said.get(_PENDING, self._asked))
        else:
            self._failure = PullEnded(f"{status} {said.get(Header.DESCRIPTION, '')}")
        self.stirred.set()

    async def wait(self, at_most: float) -> None:
        """Return when something has come or was stirred, or after *at_most* seconds."""
        await self._ask()
        if self._arrived:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                await self.stirred.wait()
        self.stirred.clear()

    def take(self, limit: int) -> list[Came]:
        """Return what has come, at most *limit* messages, of no more bytes than one transaction should have."""
        if self._failure is not None:
            raise self._failure
        taken: list[Came] = []
        size = 0
        while self._arrived and len(taken) < limit and size < _ROOM:
            taken.append(came := self._arrived.popleft())
            size += len(came.data)
        self.held -= size
        self._last = taken[-1] if taken else self._last
        return taken

    @property
    def at_end(self) -> bool:
        """Tell whether all that is in the stream was taken, as far as is known."""
        return not self._arrived and (self._last is None or self._last.metadata.num_pending == 0)

    @property
    def last_at(self) -> datetime | None:
        """Return when the last message that was taken had come to NATS, None before the first."""
        return None if self._last is None else self._last.metadata.timestamp

    async def _ask(self) -> None:
        """Have enough messages asked for; raise when the connection or the consumer is not what it was."""
        if self._generation != self._wire.generation or not self._wire.up:
            raise Disconnected
        now = self._clock()
        if self._asked and now - self._heard_at > 2 * self._lasts:
            raise PullEnded("nothing is heard of the consumer")
        if self._asked > self._ahead // 2 or len(self._arrived) > self._ahead or self.held > _ROOM:
            return
        count = self._ahead - max(self._asked, 0)
        self._asked += count
        self._heard_at = now
        nanoseconds = int(self._lasts * 1e9)
        request = {"batch": count, "max_bytes": _ROOM, "expires": nanoseconds, "idle_heartbeat": nanoseconds // 2}
        await self._client.publish(self._subject, msgspec.json.encode(request), reply=self.inbox)


@asynccontextmanager
async def pulling(
    wire: Wire, subject: str, since: datetime | None, *, ahead: int, lasts: float
) -> AsyncGenerator[Pull]:
    """Have the messages to *subject* that came *since* then, inside the block; None is from the beginning."""
    consumer = await begin_reading(await ensure(wire), wire.stream.name, subject, since)
    client = await wire.client()
    pull = Pull(wire, client, consumer, ahead=ahead, lasts=lasts)
    subscription = await client.subscribe_quickly(pull.inbox, pull.keep, pull.hear)
    try:
        yield pull
    finally:
        await leave(subscription)
