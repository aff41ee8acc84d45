"""Answering questions on NATS, each by one of the processes that answer the same."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from nats.aio.msg import Msg

from common.messaging.connection import OUT_OF_REACH, Wire

_GROUP = "acuerdo"
_AGAIN = 0.5  # seconds before NATS is tried again


async def serve(wire: Wire, subject: str, answer: Callable[[Msg], Awaitable[None]]) -> None:
    """Let *answer* have each message to *subject*, none waiting for another, until cancelled."""
    answering: set[asyncio.Task[None]] = set()

    async def hear(message: Msg) -> None:
        task = asyncio.create_task(_answered(answer, message))
        answering.add(task)
        task.add_done_callback(answering.discard)

    try:
        while True:
            with suppress(*OUT_OF_REACH):
                async with wire.heard(subject, hear, queue=_GROUP):
                    await asyncio.Event().wait()  # the client subscribes anew by itself when NATS comes back
            await asyncio.sleep(_AGAIN)
    finally:
        for task in answering:
            task.cancel()


async def _answered(answer: Callable[[Msg], Awaitable[None]], message: Msg) -> None:
    with suppress(*OUT_OF_REACH):  # whoever asked asks again
        await answer(message)
