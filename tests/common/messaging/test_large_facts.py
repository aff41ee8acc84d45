"""Facts of any size that may be are taken in: what is asked for ahead is bounded in bytes, and so is a transaction."""

import asyncio
from typing import Any

import pytest

from common.messaging.connection import Wire
from common.messaging.places import place
from common.messaging.pulling import pulling

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(("size", "count"), [(900_000, 30), (60_000, 200), (1_000, 300)])
async def test_no_more_is_asked_for_than_there_is_room_for(world: Any, size: int, count: int) -> None:
    world.shop.start()
    await world.order(*["x" * size] * count)
    await world.eventually(world.published, count)
    wire = Wire(world.shop.nats_url, name="reader")
    async with pulling(wire, "acuerdo.*.shop.>", None, ahead=100, lasts=5) as pull:
        read: list[int] = []
        async with asyncio.timeout(60):
            while len(read) < count:
                await pull.wait(1)
                await asyncio.sleep(0.1)  # all that was asked for may come meanwhile
                assert pull.held < 13 * MEGABYTE
                taken = pull.take(300)
                assert sum(len(one.data) for one in taken) < 5 * MEGABYTE
                read += [place(one.block).position for one in taken]
    assert read == list(range(1, count + 1))
    await wire.close()


async def test_a_follower_says_how_far_it_is_behind(world: Any) -> None:
    world.shop.start()
    following = world.kitchen.start()
    await world.order("soup", "bread")
    await world.all_taken_in()
    await world.eventually(lambda: _behind(following), {"shop": 0})
    lock = await world.kitchen.pool.acquire()
    async with lock.transaction():
        await lock.execute("LOCK TABLE inbox_shares IN ACCESS EXCLUSIVE MODE")
        await world.order("fish", "soup")
        await world.eventually(lambda: _behind(following), {"shop": 2})
    await world.kitchen.pool.release(lock)
    await world.eventually(lambda: _behind(following), {"shop": 0})


async def _behind(following: Any) -> dict[str, int]:
    return following.behind()
