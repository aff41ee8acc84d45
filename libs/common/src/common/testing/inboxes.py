"""What tests need to do to an inbox."""

import asyncio

from common.messaging.inbox import Inbox

SOON = 0.02
"""Seconds that an inbox of a test lets pass before it writes down what it passed by."""


async def written_down(inbox: Inbox) -> None:
    """Return when what *inbox* passed by stands in the database too."""
    await asyncio.sleep(2 * SOON)
    await inbox.write_down()
