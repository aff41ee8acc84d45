"""What tests need to do to an inbox."""

import asyncio

from common.messaging.inbox import SOON, Inbox


async def written_down(inbox: Inbox) -> None:
    """Return when what *inbox* passed by stands in the database too."""
    await asyncio.sleep(2 * SOON)
    await inbox.write_down()
