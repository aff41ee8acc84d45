"""NATS may be down, restarted, emptied or wiped: nothing that was committed is lost, and it arrives in order."""

import asyncio
import shutil
from typing import Any

from acuerdo_cli.testing import harming
from common.messaging.connection import StreamSettings
from common.messaging.republishing import republish


async def stop(world: Any) -> None:
    await asyncio.to_thread(world.nats.stop)


async def start(world: Any) -> None:
    await asyncio.to_thread(world.nats.start)


async def test_facts_committed_while_nats_is_down_arrive_in_order_when_it_is_back(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    orders = await world.order("soup", "bread")
    await world.all_taken_in()
    await stop(world)
    orders += await world.order(*["soup"] * 20)
    await start(world)
    await world.all_taken_in()
    assert await world.cooked() == orders
    assert await world.in_stream() == list(range(1, 23))


async def test_facts_come_in_order_though_nats_is_killed_while_they_come(world: Any) -> None:
    world.shop.start()
    ordering = asyncio.create_task(world.order(*["soup"] * 300))
    while await world.published() < 40:
        await asyncio.sleep(0.005)
    await asyncio.to_thread(getattr(world.nats, "kill", lambda: harming.kill(world.nats)))
    await start(world)
    await ordering
    await world.eventually(world.published, 300)
    first = list(dict.fromkeys(await world.in_stream()))
    assert first == list(range(1, 301))


async def test_workers_that_start_before_nats_wait_for_it(world: Any) -> None:
    await stop(world)
    world.shop.start()
    world.kitchen.start()
    orders = await world.order("soup")
    await asyncio.sleep(0.2)
    await start(world)
    await world.all_taken_in()
    assert await world.cooked() == orders


async def test_a_wiped_nats_gets_everything_again(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    orders = await world.order("soup", "bread", "fish")
    await world.all_taken_in()
    await stop(world)
    shutil.rmtree(world.nats.home / "data")
    orders += await world.order("soup")
    await start(world)
    await world.all_taken_in()
    assert await world.in_stream() == [1, 2, 3, 4]
    assert await world.cooked() == orders


async def test_a_stream_that_is_emptied_or_deleted_under_our_feet_gets_everything_again(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    orders = await world.order("soup", "bread", "fish")
    await world.all_taken_in()
    async with world.jetstream() as jetstream:
        await jetstream.delete_stream("ACUERDO")
    orders += await world.order("soup")
    await world.all_taken_in()
    await world.eventually(lambda: each_is_there(world), [1, 2, 3, 4])
    async with world.jetstream() as jetstream:
        await jetstream.purge_stream("ACUERDO")
    await world.eventually(lambda: each_is_there(world), [1, 2, 3, 4])
    orders += await world.order("bread")
    await world.all_taken_in()
    assert await world.cooked() == orders


async def test_a_stream_that_another_made_again_gets_everything_again(world: Any) -> None:
    world.shop.start()
    await world.order("soup", "bread", "fish")
    await world.eventually(world.published, 3)
    async with world.jetstream() as jetstream:
        config = (await jetstream.stream_info("ACUERDO")).config
        await jetstream.delete_stream("ACUERDO")
        await jetstream.add_stream(config)
    await world.order("soup")
    await world.eventually(lambda: each_is_there(world), [1, 2, 3, 4])


async def each_is_there(world: Any) -> list[int]:
    """Return the facts in the stream, whichever came first: the newest may be there before the loss is noticed."""
    return sorted(set(await world.in_stream()))


async def test_a_fact_that_the_stream_lost_before_it_was_read_is_asked_for(world: Any) -> None:
    orders = await world.order("soup", "bread", "fish")
    world.shop.start()
    await world.eventually(world.published, 3)
    async with world.jetstream() as jetstream:
        await jetstream.delete_msg("ACUERDO", 2)
    world.kitchen.start()
    await world.all_taken_in()
    assert await world.cooked() == orders


async def test_who_was_away_for_longer_than_facts_stay_in_the_stream_gets_them_all(world: Any) -> None:
    world.shop.stream = world.kitchen.stream = StreamSettings(max_age=2)
    world.shop.start()
    world.kitchen.start()
    orders = await world.order("soup", "bread")
    await world.all_taken_in()
    await world.kitchen.stop()
    orders += await world.order(*["fish"] * 30)
    await world.eventually(world.published, 32)
    await world.eventually(world.in_stream, [])
    world.kitchen.start()
    await world.all_taken_in()
    orders += await world.order("soup")
    await world.all_taken_in()
    assert await world.cooked() == orders
    assert await world.waiting() == []


async def test_republishing_an_intact_stream_changes_nothing(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    orders = await world.order(*["soup"] * 10)
    await world.all_taken_in()
    await world.eventually(world.published, 10)  # the checkpoint follows a little later
    async with world.shop.pool.acquire() as connection:
        assert await republish(connection, since=4) == 3
    await world.eventually(world.published, 10)
    orders += await world.order("bread")
    await world.all_taken_in()
    assert await world.cooked() == orders
    assert await world.in_stream() == list(range(1, 12))


async def test_a_message_that_is_no_fact_at_the_streams_end_does_not_make_all_be_published_again(world: Any) -> None:
    world.shop.stream = StreamSettings(duplicate_window=0.2)
    world.shop.start()
    await world.order("soup", "bread", "fish")
    await world.eventually(world.published, 3)
    async with world.jetstream() as jetstream:
        await jetstream.publish("acuerdo.-.shop.order.order-placed", b"no fact", headers={"ce-source": "x"})
    await asyncio.sleep(1)  # several looks at where the stream ends
    assert await world.in_stream() == [1, 2, 3]
    await world.order("soup")
    await world.eventually(world.published, 4)
    await asyncio.sleep(1)
    assert await world.in_stream() == [1, 2, 3, 4]
