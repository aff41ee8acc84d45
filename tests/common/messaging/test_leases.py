"""One holder at a time, another after silence, and nothing written by one who has lost it."""

import asyncio
from typing import Any

import asyncpg
import pytest

from common.messaging.leases import Lease, LeaseLost, Leases, checkpoint, move_soon


@pytest.fixture
def pool(world: Any) -> "asyncpg.Pool[asyncpg.Record]":
    return world.shop.pool


async def test_a_lease_has_one_holder(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    taken = await asyncio.gather(*(Leases(pool, f"worker-{n}").acquire("relay") for n in range(8)))
    assert [lease for lease in taken if lease] == [Lease(name="relay", epoch=1)]


async def test_a_renewed_lease_is_kept_and_a_silent_one_is_taken_over(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    first, second = Leases(pool, "first", lasts=600), Leases(pool, "second", lasts=600)
    lease = await first.acquire("relay")
    assert lease is not None
    for _ in range(3):
        await pass_by(pool, 400)
        await first.renew(lease)
        assert await second.acquire("relay") is None
    await pass_by(pool, 601)
    assert await second.acquire("relay") == Lease(name="relay", epoch=2)
    with pytest.raises(LeaseLost):
        await first.renew(lease)


async def test_a_lease_given_back_is_free_at_once(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    first = Leases(pool, "first", lasts=60)
    lease = await first.acquire("relay")
    assert lease is not None
    await first.release(lease)
    assert await Leases(pool, "second").acquire("relay") == Lease(name="relay", epoch=2)


async def test_a_checkpoint_moves_only_under_the_present_lease_and_from_where_it_stands(
    pool: "asyncpg.Pool[asyncpg.Record]",
) -> None:
    first = Leases(pool, "first", lasts=60)
    lost = await first.acquire("relay")
    assert lost is not None
    await first.release(lost)
    lease = await Leases(pool, "second").acquire("relay")
    assert lease is not None
    assert await checkpoint(pool, "relay") == 0
    await move_soon(pool, lease, "relay", 0, 7)
    for mover, here in ((lost, 7), (lease, 0)):
        with pytest.raises(LeaseLost):
            await move_soon(pool, mover, "relay", here, 9)
    assert await checkpoint(pool, "relay") == 7


async def pass_by(pool: "asyncpg.Pool[asyncpg.Record]", seconds: float) -> None:
    """Let every lease be so much older, whatever the machine is doing meanwhile."""
    await pool.execute("UPDATE leases SET expires_at = expires_at - make_interval(secs => $1)", seconds)
