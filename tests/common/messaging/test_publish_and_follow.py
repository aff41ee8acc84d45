"""Facts go from one service to another in order, and each has its effect once."""

from typing import Any

from common.handling.handling import LARGEST_FACT


async def test_every_order_is_cooked_once_and_in_order(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    orders = await world.order(*["soup"] * 250)
    await world.all_taken_in()
    assert await world.cooked() == orders
    assert await world.in_stream() == list(range(1, 251))


async def test_private_facts_are_not_published_and_yet_passed(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    orders = await world.order("soup", "bread", count=True)
    await world.all_taken_in()
    assert await world.cooked() == orders
    assert await world.in_stream() == [1, 3]


async def test_what_was_said_before_anyone_followed_is_caught_up_with(world: Any) -> None:
    orders = await world.order(*["soup"] * 30)
    world.shop.start()
    await world.eventually(world.published, 30)
    world.kitchen.start()
    await world.all_taken_in()
    assert await world.cooked() == orders


async def test_a_fact_as_large_as_facts_may_be_goes_the_way_of_all_others(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    orders = await world.order("soup", "x" * (LARGEST_FACT - 500), "soup")
    await world.all_taken_in()
    assert await world.cooked() == orders
    assert await world.in_stream() == [1, 2, 3]
