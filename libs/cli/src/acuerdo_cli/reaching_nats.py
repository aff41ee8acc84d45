"""NATS as a command reaches it: at once, or not at all."""

import asyncio

from nats.errors import Error as NatsError

from acuerdo_cli.errors import CommandFailed
from common.addresses import shown
from common.messaging.client import QuickClient

_PATIENCE = 5  # seconds


def ensure(url: str) -> None:
    """Return when NATS lets us in at *url*.

    Raises:
        CommandFailed: nobody is there, or somebody who does not know us; the message holds no password.
    """
    try:
        asyncio.run(_greeted(url))
    except TimeoutError as problem:
        raise CommandFailed(f"NATS cannot be used at {shown(url)}: nobody there speaks as NATS does") from problem
    except (OSError, NatsError, ValueError) as problem:
        why = str(problem) or type(problem).__name__
        raise CommandFailed(f"NATS cannot be used at {shown(url)}: {why}") from problem


async def connected(url: str) -> QuickClient:
    """Return a connection to NATS that is not made anew when it is lost, or raise and leave nothing open."""
    client, trying = QuickClient(), True

    async def heard(problem: Exception) -> None:
        """End the library's first try, which it would repeat; later troubles are raised where they are waited for."""
        if trying:
            raise problem

    try:
        await client.connect(url, connect_timeout=3, allow_reconnect=False, error_cb=heard)
    except BaseException:
        client.abandon()
        raise
    trying = False
    return client


async def _greeted(url: str) -> None:
    async with asyncio.timeout(_PATIENCE):
        await (await connected(url)).close()
