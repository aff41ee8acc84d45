"""One worker of the kitchen as a process of its own, so that a test can freeze or kill it."""

import asyncio
import sys

import asyncpg

from conftest import KITCHEN, ORDER_PLACED, Service

AS_SERVICES_DO = {"idle_in_transaction_session_timeout": "2s"}  # a frozen process keeps no lock for ever


async def work(database: str, nats_url: str, name: str) -> None:
    async with asyncpg.create_pool(database, min_size=1, max_size=4, server_settings=AS_SERVICES_DO) as pool:
        kitchen = Service(history=KITCHEN, pool=pool, nats_url=nats_url, reactions=[ORDER_PLACED])
        kitchen.start(name)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
