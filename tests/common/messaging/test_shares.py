"""Any number of followers share out a source's facts: each key is always one holder's, and parts are even."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

import asyncpg
import pytest

from common.eventstore.postgres import PostgresStore
from common.eventstore.recorded import Stale
from common.messaging.leases import LeaseLost
from common.messaging.shares import SPACE, Held, Share, Shares, place_of, positions
from common.testing.store_contract import NOON, begin, fact
from common.values import replace


@pytest.fixture
def pool(world: Any) -> "asyncpg.Pool[asyncpg.Record]":
    return world.kitchen.pool


class Crowd:
    """Followers of the shop by name, and what each has."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool
        self._shares: dict[str, Shares] = {}
        self.has: dict[str, Sequence[Share]] = {}

    async def come(self, *names: str) -> None:
        """Let followers come, and everybody see to it twice as they would in time."""
        for name in names:
            self._shares[name] = Shares(self._pool, "shop", name, lasts=600)
            self.has[name] = []
        await self._see()

    async def go(self, name: str) -> None:
        """Let a follower end in good order."""
        await self._shares.pop(name).release(self.has.pop(name))
        await self._see()

    async def die(self, name: str) -> None:
        """Let a follower be silent for as long as is waited for it."""
        del self._shares[name], self.has[name]
        for table in ("inbox_shares", "inbox_followers"):
            await self._pool.execute(f"UPDATE {table} SET expires_at = now() WHERE holder = $1", name)
        await self._see()

    async def _see(self) -> None:
        for _ in range(3):
            for name, shares in self._shares.items():
                self.has[name] = await shares.take(self.has[name])

    async def widths(self) -> Mapping[str, int]:
        """Return how much each has, having seen that all of it together is everything, and nothing twice."""
        ranges = sorted((one.lo, one.hi) for has in self.has.values() for one in has)
        assert [lo for lo, _ in ranges] == [0, *(hi for _, hi in ranges[:-1])]
        assert ranges[-1][1] == SPACE
        rows = await self._pool.fetch("SELECT lo, hi FROM inbox_shares ORDER BY lo")
        assert [(row["lo"], row["hi"]) for row in rows] == ranges
        return {name: sum(one.width for one in has) for name, has in self.has.items()}


@pytest.fixture
def crowd(pool: "asyncpg.Pool[asyncpg.Record]") -> Crowd:
    return Crowd(pool)


async def test_one_alone_follows_everything(crowd: Crowd) -> None:
    await crowd.come("one")
    assert await crowd.widths() == {"one": SPACE}


async def test_who_comes_has_an_even_part_and_who_was_there_lets_go_of_it(crowd: Crowd) -> None:
    await crowd.come("one")
    await crowd.come("two")
    assert await crowd.widths() == {"one": 512, "two": 512}
    await crowd.come("three")
    assert max((await crowd.widths()).values()) - min((await crowd.widths()).values()) <= 2
    await crowd.come("four", "five", "six", "seven")
    assert max((await crowd.widths()).values()) <= -(-SPACE // 7)


@pytest.mark.parametrize("end", ["go", "die"])
async def test_what_one_had_who_is_gone_is_had_by_the_others(crowd: Crowd, end: str) -> None:
    await crowd.come("one", "two", "three")
    await getattr(crowd, end)("two")
    assert await crowd.widths() == {"one": 512, "three": 512}
    await getattr(crowd, end)("one")
    assert await crowd.widths() == {"three": SPACE}
    assert len(crowd.has["three"]) == 1, "what lies side by side and stands at one place is one share"


async def test_nobody_is_left_out_however_they_come_and_go(crowd: Crowd) -> None:
    names = [f"f{n}" for n in range(12)]
    await crowd.come(*names[:5])
    for gone, come in zip(names[:8], [*names[5:], "late"], strict=True):
        await crowd.die(gone)
        await crowd.come(come)
        widths = await crowd.widths()
        assert max(widths.values()) <= -(-SPACE // len(widths))


async def test_a_part_taken_over_goes_on_where_it_stood(crowd: Crowd, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    await crowd.come("one", "two")
    await stand(pool, Held("shop", crowd.has["one"]), 7)
    await stand(pool, Held("shop", crowd.has["two"]), 9)
    assert await positions(pool) == {"shop": 7}
    await crowd.die("one")
    held = Held("shop", crowd.has["two"])
    assert (held.position, len(held.shares)) == (7, 2)
    eight = {one: held.awaits(one, 8) for one in map("case-{}".format, range(40))}
    first = [share for share in held.shares if share.position == 7]
    assert eight == {one: any(share.lo <= place_of(one) < share.hi for share in first) for one in eight}
    assert set(eight.values()) == {True, False}
    await stand(pool, held, 9)
    assert held.position == 9
    assert not any(held.awaits(one, 9) for one in eight)


async def test_what_happens_to_one_thing_is_of_one_share_whatever_its_streams_are_called() -> None:
    number = "0190a7f2-0000-7000-8000-000000000001"
    assert place_of(f"case-{number}") == place_of(f"loop-{number}") != place_of(f"case-{number[:-1]}2")


async def test_who_was_silent_for_too_long_can_move_nothing(crowd: Crowd, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    await crowd.come("frozen")
    held = Held("shop", crowd.has["frozen"])
    await crowd.die("frozen")
    await crowd.come("next")
    with pytest.raises(LeaseLost):
        await stand(pool, held, 9)
    with pytest.raises(LeaseLost):
        await held.stand_soon(pool, 9, None)
    with pytest.raises(LeaseLost):
        async with pool.acquire() as connection:
            await held.fence(cast("asyncpg.Connection[Any]", connection))
    assert await positions(pool) == {"shop": 0}


async def test_a_part_is_kept_until_there_is_something_to_let_go_of(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    one, two = Shares(pool, "shop", "one", lasts=0.3), Shares(pool, "shop", "two", lasts=600)
    held = await one.take()
    keeping = asyncio.create_task(one.keep(held))
    await asyncio.sleep(1)
    assert not keeping.done(), "it has been renewed for longer than it lasts"
    assert not await two.take()
    async with asyncio.timeout(60):
        await keeping
    held = await Shares(pool, "shop", "one", lasts=600).take(held)
    assert [share.width for share in held] == [512]
    assert [share.width for share in await two.take()] == [512]


async def test_it_begins_where_the_version_before_stands_and_that_one_moves_no_more(
    pool: "asyncpg.Pool[asyncpg.Record]",
) -> None:
    await pool.execute("INSERT INTO checkpoints VALUES ('inbox:shop', 41)")
    await pool.execute("INSERT INTO leases VALUES ('inbox:shop', 'older', 3, now() + interval '4 seconds')")
    assert [one.position for one in await Shares(pool, "shop", "one", lasts=60).take()] == [41]
    row = await pool.fetchrow("SELECT epoch, expires_at > now() + interval '1 year' AS held FROM leases")
    assert dict(row or {}) == {"epoch": 4, "held": True}


async def test_the_version_before_reads_how_far_it_is(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    await pool.execute("INSERT INTO checkpoints VALUES ('inbox:shop', 41)")
    shares = Shares(pool, "shop", "one", lasts=60)
    held = Held("shop", await shares.take())
    await stand(pool, held, 50)
    await shares.release(held.shares)
    assert await pool.fetchval("SELECT position FROM checkpoints WHERE name = 'inbox:shop'") == 50


async def stand(pool: "asyncpg.Pool[asyncpg.Record]", held: Held, position: int) -> None:
    async with pool.acquire() as connection:
        await held.standing_at(position, None)(cast("asyncpg.Connection[Any]", connection))
    held.stands_at(position)


async def test_what_is_made_of_facts_and_that_they_were_taken_in_is_true_together_or_not_at_all(
    pool: "asyncpg.Pool[asyncpg.Record]",
) -> None:
    store = PostgresStore(pool, clock=lambda: NOON)
    held = Held("shop", await Shares(pool, "shop", "one", lasts=60).take())
    again, fresh = begin("case-1", fact(1)), begin("case-2", fact(2))
    stood = await store.append_together([again], [held.standing_at(5, None)])
    assert [one.position for one in stood] == [1]
    assert await positions(pool) == {"shop": 5}
    with pytest.raises(Stale, match="case-1"):
        await store.append_together([fresh, replace(again, facts=(fact(3),))], [held.standing_at(9, None)])
    assert (await store.head(), await positions(pool)) == (1, {"shop": 5})
    await pool.execute("UPDATE inbox_shares SET epoch = nextval('inbox_epochs')")
    with pytest.raises(LeaseLost):
        await store.append_together([fresh], [held.standing_at(9, None)])
    assert (await store.head(), await positions(pool)) == (1, {"shop": 5})
