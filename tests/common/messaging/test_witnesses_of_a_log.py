"""Where the end of a log was cut off, or put otherwise, whoever saw it says so."""

from typing import Any

import asyncpg

from common.eventstore.chain import Broken
from common.eventstore.verifying import verify_history
from common.messaging.witnesses import all_on_stream, disputed, follower, its_own, last_on_stream

FOREVER = "ALTER TABLE events DISABLE TRIGGER events_are_for_ever"


async def said(world: Any, *, dishes: int = 3) -> None:
    """Let the kitchen have taken in *dishes* orders, and each service stop."""
    world.shop.start()
    world.kitchen.start()
    await world.order(*["soup"] * dishes)
    await world.all_taken_in()
    await world.eventually(world.published, dishes)
    await world.shop.stop_all()
    await world.kitchen.stop_all()


async def whys(world: Any, url: str) -> set[str]:
    """Return what the shop's own witnesses and its follower hold against its log."""
    connection = await asyncpg.connect(url)
    try:
        async with world.kitchen.pool.acquire() as followers:
            seen = [*await its_own(connection), await follower(followers, "shop", "kitchen")]
        verdict = await verify_history(connection, witnesses=seen)
    finally:
        await connection.close()
    return {one.why for one in verdict.broken}


async def on_nats(world: Any, *, whole: bool) -> list[Broken]:
    async with world.jetstream() as jetstream, world.shop.pool.acquire() as connection:
        if not whole:
            return await disputed(connection, await last_on_stream(jetstream, "ACUERDO", "shop"))
        return [
            one
            async for some in all_on_stream(jetstream, "ACUERDO", "shop")
            for one in await disputed(connection, some)
        ]


async def test_the_relay_the_follower_and_nats_know_of_an_end_that_is_lost(world: Any, database: str) -> None:
    await said(world)
    assert await whys(world, database) == set()
    assert await on_nats(world, whole=False) == await on_nats(world, whole=True) == []
    await world.shop.pool.execute(f"{FOREVER}; DELETE FROM events WHERE position > 1")
    assert await whys(world, database) == {
        "its end is lost: its relay had seen position 3",
        "its end is lost: kitchen had seen position 3",
    }
    gone = "it is on NATS and no longer here"
    assert [(one.version, one.why) for one in await on_nats(world, whole=False)] == [(3, gone)]
    assert [(one.version, one.why) for one in await on_nats(world, whole=True)] == [(2, gone), (3, gone)]


async def test_facts_that_changed_places_are_found_on_nats(world: Any) -> None:
    await said(world)
    await world.shop.pool.execute(
        f"{FOREVER}; UPDATE events SET position = -position WHERE position < 3;"
        " UPDATE events SET position = 3 + position WHERE position < 0"
    )
    assert await on_nats(world, whole=False) == []
    assert [one.version for one in await on_nats(world, whole=True)] == [1, 2]


async def test_nothing_on_nats_holds_nothing_against_a_log(world: Any) -> None:
    world.shop.start()
    await world.eventually(lambda: stream_is_there(world))
    assert await on_nats(world, whole=False) == await on_nats(world, whole=True) == []


async def stream_is_there(world: Any) -> bool:
    async with world.jetstream() as jetstream:
        return "ACUERDO" in [info.config.name for info in await jetstream.streams_info()]
