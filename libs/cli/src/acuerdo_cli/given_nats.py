"""A NATS that is given is there before anything is started upon it."""

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


async def _greeted(url: str) -> None:
    client = QuickClient()
    try:
        async with asyncio.timeout(_PATIENCE):
            await client.connect(url, connect_timeout=_PATIENCE, allow_reconnect=False, error_cb=_said_elsewhere)
            await client.close()
    except BaseException:
        client.abandon()
        raise


async def _said_elsewhere(_: Exception) -> None:
    """Leave it to what is raised."""
