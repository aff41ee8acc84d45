"""An erased customer's key is in no file of the table any more, and no other takes its place."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from touchpoints.api.keys import Vault
from touchpoints.api.shredding import Shredding
from touchpoints.wiring import service

ANA = "ana/telco-a/touchpoint-agent"
MIA = "mia/telco-a/manager"

_FILES = """
    SELECT name FROM pg_database, pg_ls_dir('base/' || oid) AS name
    WHERE datname = current_database()
    AND position($1::bytea IN pg_read_binary_file('base/' || oid || '/' || name, true)) > 0
"""


async def files_with(house: Any, text: str) -> int:
    """Return in how many of the database's files *text* stands, everything being written out."""
    await house.parts.pool.execute("CHECKPOINT")
    return len(await house.parts.pool.fetch(_FILES, text.encode()))


async def key_of(house: Any, customer: UUID) -> str | None:
    return await house.parts.pool.fetchval("SELECT wrapped FROM customer_keys WHERE customer_id = $1", customer)


def registration(house: Any, reference: str) -> dict[str, object]:
    return {
        "agreement_id": str(house.agreement_id),
        "external_reference": reference,
        "language": "es",
        "personal": {"name": "Lucía"},
    }


async def registered(house: Any, reference: str) -> UUID:
    async with house.ask(ANA) as ana:
        answer = await ana.post("/v1/customers", json=registration(house, reference))
    return UUID(answer.json()["customer_id"])


async def erase(house: Any, customer: UUID) -> None:
    async with house.ask(MIA) as mia:
        gone = await mia.delete(f"/v1/customers/{customer}", params={"reason": "customer-request"})
    assert gone.status_code == 204


async def shredded(shredding: Shredding) -> None:
    """Rewrite the table until nothing remains: whatever else runs just then may still see the key."""
    assert await shredding.once()
    async with asyncio.timeout(30):
        while await shredding.once():
            await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def transaction(url: str, *statements: str, **options: Any) -> AsyncGenerator[None]:
    """Keep a transaction open that has done *statements*."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction(**options):
            for statement in statements:
                await connection.execute(statement)
            yield
    finally:
        await connection.close()


@pytest.fixture
def shredding(house: Any) -> Shredding:
    return Shredding(house.parts.pool, "test", patience=0.1)


async def test_a_destroyed_key_is_in_no_file_of_the_database(house: Any, shredding: Shredding) -> None:
    leaves, stays = await registered(house, "leaves"), await registered(house, "stays")
    destroyed, kept = await key_of(house, leaves), await key_of(house, stays)
    assert destroyed
    assert kept
    assert await files_with(house, destroyed)  # it would be seen
    await erase(house, leaves)
    assert await files_with(house, destroyed)
    await shredded(shredding)
    assert not await files_with(house, destroyed)
    assert await files_with(house, kept)
    assert not await shredding.once()
    async with house.ask(ANA) as ana:
        shown = (await ana.get(f"/v1/customers/{stays}")).json()
    assert shown["personal"] == {"name": "Lucía"}


async def test_a_key_that_an_older_transaction_could_see_is_gone_once_it_has_ended(
    house: Any, shredding: Shredding, module_database: str
) -> None:
    customer = await registered(house, "seen")
    destroyed = await key_of(house, customer)
    assert destroyed
    async with transaction(module_database, "SELECT count(*) FROM customers", isolation="repeatable_read"):
        await erase(house, customer)
        assert await shredding.once()
        assert await files_with(house, destroyed)
    await shredded(shredding)
    assert not await files_with(house, destroyed)


async def test_whoever_uses_the_keys_is_not_kept_waiting_for_long(
    house: Any, shredding: Shredding, module_database: str
) -> None:
    customer = await registered(house, "busy")
    await erase(house, customer)
    async with transaction(module_database, "SELECT count(*) FROM customer_keys"):
        assert not await shredding.once()
    assert await shredding.once()


async def test_the_worker_does_it_by_itself(house: Any) -> None:
    customer = await registered(house, "by-itself")
    destroyed = await key_of(house, customer)
    assert destroyed
    await erase(house, customer)
    (work,) = service.works(house.parts, None)  # pyright: ignore[reportArgumentType] - this work asks nothing of NATS
    task = asyncio.create_task(work)
    try:
        async with asyncio.timeout(100):  # others' transactions may still see the key: it is tried again
            while await house.parts.pool.fetchval("SELECT count(*) FROM customer_keys WHERE remains"):
                await asyncio.sleep(0.05)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert not await files_with(house, destroyed)


async def test_registering_while_erasing_leaves_no_key_behind(house: Any) -> None:
    customer, again = await registered(house, "again"), registration(house, "again")
    async with house.ask(ANA) as ana:
        told = [ana.post("/v1/customers", json=again) for _ in range(4)]
        answers = await asyncio.gather(*told[:2], erase(house, customer), *told[2:])
        late = await ana.post("/v1/customers", json=again)
    assert {answer.status_code for answer in answers if answer} <= {201, 409}
    assert late.json()["type"].endswith("customer-is-erased")
    vault = Vault(house.parts.pool, bytes(range(32)))
    assert await vault.make(customer) is None  # a request that looked before the customer was erased
    assert await key_of(house, customer) is None
