"""Redelivered, crashed, frozen, taken over, out of order: each fact's effect happens once, in order."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from common.eventstore.recorded import Recorded
from common.handling import Unit
from common.history import AnyKind
from common.messaging.envelope import headers, subject
from common.messaging.inbox import Inbox
from common.messaging.leases import LeaseLost
from common.messaging.patience import Patience
from common.messaging.shares import Held, Shares
from common.messaging.waiting import Letter
from common.testing.inboxes import SOON, written_down


class HangsAfterCommit:
    """The kitchen's way in, which commits and never says so."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self.committed = asyncio.Event()

    async def together(
        self, work: Callable[[Unit], Awaitable[None]], *, likely: Iterable[tuple[AnyKind, object]] = ()
    ) -> int:
        """Commit."""
        await self._handle.together(work, likely=likely)
        self.committed.set()
        return await asyncio.Future()


async def test_a_crash_between_commit_and_acknowledgement_changes_nothing(world: Any) -> None:
    world.shop.start()
    crashing = HangsAfterCommit(world.kitchen.handle)
    world.kitchen.start(handle=crashing)
    orders = await world.order("soup", "bread")
    await crashing.committed.wait()
    await world.kitchen.stop()
    world.kitchen.start("worker-2")
    orders += await world.order("soup")
    await world.all_taken_in()
    assert await world.cooked() == orders


async def test_one_who_lost_the_lease_can_change_nothing(world: Any) -> None:
    pool = world.kitchen.pool
    await world.order("soup", "stone")
    letters = [_letter(world, fact) for fact in await world.shop.store.read_log(after=0, limit=10)]
    held = Held("shop", await Shares(pool, "shop", "frozen", lasts=60).take())
    inbox = Inbox(held, world.kitchen.reactions, world.kitchen.handle, pool, Patience(), soon=SOON)
    await inbox.open()
    await pool.execute("UPDATE inbox_shares SET expires_at = now()")
    assert await Shares(pool, "shop", "second", lasts=60).take()
    with pytest.raises(LeaseLost):
        await inbox.accept(letters)
    inbox.skip_to(2)
    with pytest.raises(LeaseLost):
        await written_down(inbox)
    assert (await world.cooked(), await world.waiting(), await world.inbox()) == ([], [], 0)


def _letter(world: Any, fact: Recorded) -> Letter:
    said = headers("shop", fact, fact.position - 1)
    return Letter(
        id=fact.event_id, source="shop", stream=fact.stream, position=fact.position, name=fact.name, headers=said,
        body=fact.data,
    )  # fmt: skip


@asynccontextmanager
async def kitchen_process(database: str, nats_url: str, name: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    script = str(Path(__file__).with_name("kitchen_process.py"))
    process = await asyncio.create_subprocess_exec(sys.executable, script, database, nats_url, name)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL])
async def test_another_takes_over_from_one_that_is_frozen_or_killed(
    world: Any, database_of_the_kitchen: str, how: signal.Signals
) -> None:
    world.shop.start()
    async with kitchen_process(database_of_the_kitchen, world.nats.url, "first") as process:
        orders = await world.order(*["soup"] * 20)
        await world.all_taken_in()
        os.kill(process.pid, how)
        world.kitchen.start("second")
        orders += await world.order(*["bread"] * 20)
        await world.all_taken_in()
        if how is signal.SIGSTOP:
            os.kill(process.pid, signal.SIGCONT)
        orders += await world.order(*["soup"] * 20)
        await world.all_taken_in()
    assert await world.cooked() == orders


async def test_workers_share_out_the_work_and_each_things_order_stays(world: Any) -> None:
    for name in "abc":
        world.shop.start(name)
        world.kitchen.start(name)
    await world.eventually(world.kitchen.following, 3)
    tables: dict[str, list[str]] = {f"table {n}": [] for n in range(12)}
    for leaving in ("", "b", "a"):
        if leaving:
            await asyncio.gather(world.kitchen.stop(leaving), world.shop.stop(leaving))
        for _ in range(5):
            for table, orders in tables.items():
                orders.extend(await world.order("soup", stream=table))
    await world.all_taken_in()
    cooked = await world.cooked()
    assert sorted(cooked) == sorted(order for orders in tables.values() for order in orders)
    assert {table: [one for one in cooked if one in orders] for table, orders in tables.items()} == tables


async def test_a_message_that_comes_twice_acts_once(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    orders = await world.order("soup", "bread")
    await world.all_taken_in()
    await publish_by_hand(world, 2, 1, 2)
    orders += await world.order("soup")
    await world.all_taken_in()
    assert await world.in_stream() == [1, 2, 2, 1, 2, 3]
    assert await world.cooked() == orders


async def test_facts_that_come_out_of_order_are_put_in_order(world: Any) -> None:
    orders = await world.order("soup", "bread", "fish")
    world.kitchen.start()
    await world.jetstream_ready()
    await publish_by_hand(world, 3, 2)
    await asyncio.sleep(0.3)
    assert await world.cooked() == [], "the first has not come"
    await publish_by_hand(world, 1)
    await world.all_taken_in()
    assert await world.cooked() == orders


async def publish_by_hand(world: Any, *positions: int) -> None:
    """Publish the shop's facts as its relay would, but for the duplicates' id and the order."""
    facts = {fact.position: fact for fact in await world.shop.store.read_log(after=0, limit=100)}
    for position in positions:
        said = headers("shop", facts[position], position - 1)
        del said["Nats-Msg-Id"]
        async with world.jetstream() as jetstream:
            await jetstream.publish(subject("shop", facts[position]), facts[position].data, headers=said)
