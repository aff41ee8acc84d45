"""NATS as a command reaches it: at once, or not at all."""

import asyncio
from urllib.parse import urlsplit

from nats.errors import Error as NatsError

from acuerdo_cli.errors import CommandFailed
from common.messaging.client import QuickClient

_PATIENCE = 5  # seconds


def ensure(url: str) -> None:
    """Return when NATS lets us in at *url*.

    Raises:
        CommandFailed: nobody is there, or somebody who does not know us; the message holds no password.
    """
    try:
        asyncio.run(_greeted(url))
    except (OSError, NatsError, ValueError, TimeoutError) as problem:
        where = url if "@" not in url else f"{urlsplit(url).scheme}://{url.rpartition('@')[2]}"
        raise CommandFailed(f"NATS does not let us in at {where}: {problem or type(problem).__name__}") from problem


async def connected(url: str) -> QuickClient:
    """Return a connection to NATS that is not made anew when it is lost, or raise and leave nothing open."""
    client = QuickClient()
    try:
        await client.connect(url, connect_timeout=3, allow_reconnect=False, error_cb=_unheard)
    except BaseException:
        client.abandon()
        raise
    return client


async def _greeted(url: str) -> None:
    async with asyncio.timeout(_PATIENCE):
        await (await connected(url)).close()


async def _unheard(_: Exception) -> None:
    """What goes wrong is raised where it is waited for."""
