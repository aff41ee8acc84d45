"""How far a request's wait reaches: the rows, what the service makes of facts it follows, its own among them."""

import asyncio
from collections.abc import AsyncGenerator

import asyncpg
import pytest
from asyncpg import Pool, Record

from common.running.progress import Seen
from common.testing.tables import create_tables

_FACTS = """
    INSERT INTO events (position, stream, version, event_id, name, schema, data, at, recorded_at, actor, correlation,
                        imported, published, hash, previous)
    SELECT at, 'dish-1', at, gen_random_uuid(), 'cooked', 1, '{}', now(), now(), '{}', gen_random_uuid(),
           false, true, '', ''
    FROM generate_series((SELECT coalesce(max(position), 0) + 1 FROM events), $1::integer) AS at
"""
_TAKEN_IN = """
    INSERT INTO inbox_shares (source, lo, hi, holder, epoch, expires_at, position)
    VALUES ($1, 0, 512, 'one', 1, now(), $2), ($1, 512, 1024, 'two', 2, now(), $2 + 1)
"""
_WAITS = """
    INSERT INTO waiting_messages (id, source, stream, position, name, headers, body, state, refusal, reason, attempts,
                                  next_try_at, waiting_since)
    VALUES (gen_random_uuid(), 'shop', 'order-1', $2, 'order-placed', '{}', '', $1, 'NotYet', '', 1, now(),
            now() - make_interval(secs => $3))
"""


@pytest.fixture
async def pool(database: str) -> AsyncGenerator["Pool[Record]"]:
    await create_tables(database)
    async with asyncpg.create_pool(database, min_size=1, max_size=3) as pool:
        yield pool


async def stand(pool: "Pool[Record]", *, head: int, projected: int, inbox: str = "kitchen", taken_in: int = 0) -> None:
    """The kitchen's log, its rows, and what it has taken in of its own facts or of another's."""
    await pool.execute(_FACTS, head)
    await pool.execute("DELETE FROM projection_progress")
    await pool.execute("INSERT INTO projection_progress VALUES ('all', $1)", projected)
    await pool.execute("DELETE FROM inbox_shares")
    await pool.execute(_TAKEN_IN, inbox, taken_in)


async def test_without_reactions_to_its_own_facts_a_service_waits_for_its_rows(pool: "Pool[Record]") -> None:
    kitchen = Seen(pool, "kitchen", {"shop"})
    await stand(pool, head=3, projected=2)
    assert await kitchen.reached("kitchen", 2, 0.5) == 0
    assert await kitchen.reached("kitchen", 3, 0.05) is None


async def test_what_a_service_makes_of_its_own_facts_is_waited_for_and_then_its_rows(pool: "Pool[Record]") -> None:
    kitchen = Seen(pool, "kitchen", {"kitchen"})
    await stand(pool, head=3, projected=3, taken_in=2)
    assert await kitchen.reached("kitchen", 3, 0.05) is None
    waiting = asyncio.create_task(kitchen.reached("kitchen", 3, 5))
    await asyncio.sleep(0.05)
    await stand(pool, head=4, projected=3, taken_in=3)  # of fact 3 it made fact 4, not in rows yet
    await asyncio.sleep(0.15)
    assert not waiting.done()
    await stand(pool, head=4, projected=4, taken_in=3)
    assert await waiting == 4, "whoever reads on elsewhere waits for what was made of it"


async def test_nobody_waits_for_ones_own_facts_to_come_back_while_they_cannot_get_out(pool: "Pool[Record]") -> None:
    kitchen = Seen(pool, "kitchen", {"kitchen"}, lambda: False)
    await stand(pool, head=3, projected=3, taken_in=2)
    async with asyncio.timeout(5):
        assert await kitchen.reached("kitchen", 3, 60) is None
        assert await kitchen.reached("kitchen", 2, 60) == 3


async def test_anothers_facts_are_waited_for_where_they_are_followed(pool: "Pool[Record]") -> None:
    kitchen = Seen(pool, "kitchen", {"shop"})
    await stand(pool, head=3, projected=3, inbox="shop", taken_in=7)
    assert await kitchen.reached("shop", 7, 0.5) == 3
    assert await kitchen.reached("shop", 8, 0.05) is None
    assert await kitchen.reached("garage", 99, 0.05) == 0


async def test_what_has_just_been_put_to_wait_is_waited_for_and_what_waits_for_long_is_not(
    pool: "Pool[Record]",
) -> None:
    kitchen = Seen(pool, "kitchen", {"shop"})
    await stand(pool, head=3, projected=3, inbox="shop", taken_in=7)
    await pool.execute(_WAITS, "retrying", 6, 0)
    await pool.execute(_WAITS, "retrying", 2, 60)
    await pool.execute(_WAITS, "dead", 3, 0)
    assert await kitchen.reached("shop", 5, 0.5) == 3
    assert await kitchen.reached("shop", 6, 0.05) is None
    waiting = asyncio.create_task(kitchen.reached("shop", 7, 30))
    await asyncio.sleep(0.05)
    await pool.execute("DELETE FROM waiting_messages WHERE position = 6")
    async with asyncio.timeout(1.5):
        assert await waiting == 3


async def test_a_position_that_ones_own_log_has_never_given_out_is_not_waited_for(pool: "Pool[Record]") -> None:
    await stand(pool, head=3, projected=3, taken_in=3)
    async with asyncio.timeout(5):
        for follows in (set[str](), {"kitchen"}):
            assert await Seen(pool, "kitchen", follows).reached("kitchen", 99_999_999_999, 60) is None


async def test_nobody_is_kept_waiting_by_a_process_that_ends(pool: "Pool[Record]") -> None:
    kitchen = Seen(pool, "kitchen", {"kitchen", "shop"})
    await stand(pool, head=3, projected=2, inbox="shop", taken_in=2)
    waiting = [asyncio.create_task(kitchen.reached(one, at, 30)) for one, at in (("kitchen", 3), ("shop", 9))]
    await asyncio.sleep(0.1)
    kitchen.let_go()
    async with asyncio.timeout(5):
        assert await asyncio.gather(*waiting) == [None, None]
        assert await kitchen.reached("shop", 9, 30) is None, "nor whoever comes then"
