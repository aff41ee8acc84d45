"""Facts become rows, once and in order, whoever does the work."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa

from common.deciders import Decider
from common.eventstore.migrating import create_kernel_tables
from common.eventstore.postgres import PostgresStore
from common.eventstore.recorded import Append, Context, NewFact
from common.history import History, Kind
from common.projecting import About, Projection, Projector, shape_of
from common.values import Rule, value

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@value
class Paid:
    account: UUID
    amount: int
    at: datetime


@value
class Balance:
    account: UUID
    amount: int
    payments: list[int]
    last_at: datetime


balances = sa.Table(
    "balances",
    sa.MetaData(),
    sa.Column("account", sa.Uuid, primary_key=True),
    sa.Column("amount", sa.BigInteger),
    sa.Column("payments", sa.JSON),
    sa.Column("last_at", sa.DateTime(timezone=True)),
)


def project(row: Balance | None, fact: Paid, about: About) -> Balance | None:
    amount = (row.amount if row else 0) + fact.amount
    if amount == 0:
        return None
    payments = [*(row.payments if row else []), fact.amount]
    return Balance(account=about.key, amount=amount, payments=payments, last_at=about.at)


ACCOUNT = Kind(name="account", decider=Decider(initial=None, decide=lambda _s, _c: [], evolve=lambda _s, _f: None))
HISTORY = History(service="bank", kinds=(ACCOUNT,), names={"paid": Paid})
PROJECTION = Projection(table=balances, row=Balance, key=lambda fact: fact.account, project=project)


@value
class WiderBalance(Balance):
    """As the next version shows it."""

    highest: int


wider = balances.to_metadata(sa.MetaData())
wider.append_column(sa.Column("highest", sa.BigInteger))


def project_wider(row: WiderBalance | None, fact: Paid, about: About) -> WiderBalance | None:
    narrow = project(row, fact, about)
    highest = max(row.highest if row else 0, fact.amount)
    return WiderBalance(
        account=about.key,
        amount=narrow.amount if narrow else 0,
        payments=narrow.payments if narrow else [],
        last_at=about.at,
        highest=highest,
    )


WIDER = Projection(table=wider, row=WiderBalance, key=lambda fact: fact.account, project=project_wider)


@pytest.fixture
async def pool(database: str) -> AsyncGenerator["asyncpg.Pool[asyncpg.Record]"]:
    await create_kernel_tables(database)
    async with asyncpg.create_pool(database, min_size=1, max_size=8) as pool:
        await pool.execute(
            "CREATE TABLE balances (account uuid PRIMARY KEY, amount bigint, payments json, last_at timestamptz)"
        )
        yield pool


@pytest.fixture
def store(pool: "asyncpg.Pool[asyncpg.Record]") -> PostgresStore:
    return PostgresStore(pool, clock=lambda: NOON)


async def pay(store: PostgresStore, *payments: tuple[int, int]) -> None:
    """Put payments (account, amount) into the log."""
    for account, amount in payments:
        stream = f"account-{UUID(int=account)}"
        stands = await store.read(stream)
        fact = Paid(account=UUID(int=account), amount=amount, at=NOON)
        new = NewFact(
            event_id=UUID(int=9), name="paid", schema=1, data=HISTORY.write(fact), at=NOON, recorded_at=NOON,
            agreement_id=None, published=True, context=Context(actor=Rule(rule="test"), correlation=UUID(int=1)),
        )  # fmt: skip
        previous = stands[-1].hash if stands else bytes(32)
        await store.append(Append(stream=stream, expected=len(stands), previous=previous, facts=(new,)))


async def everything(pool: "asyncpg.Pool[asyncpg.Record]") -> dict[int, int]:
    rows = await pool.fetch("SELECT account, amount FROM balances")
    return {row["account"].int: row["amount"] for row in rows}


async def test_rows_say_what_the_facts_say(pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore) -> None:
    projector = Projector(pool, store, HISTORY, [PROJECTION])
    await pay(store, (1, 5), (2, 7), (1, 3), (2, -7))
    while await projector.step():
        pass
    assert await everything(pool) == {1: 8}
    assert projector.position == 4
    assert await pool.fetchval("SELECT payments::text FROM balances") == "[5,3]"


async def test_many_projectors_count_each_fact_once(pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore) -> None:
    projectors = [Projector(pool, store, HISTORY, [PROJECTION], batch=3) for _ in range(3)]
    running = [asyncio.create_task(one.run()) for one in projectors]
    await pay(store, *((n % 4, 1) for n in range(60)))
    async with asyncio.timeout(10):
        while sum((await everything(pool)).values()) < 60:
            await asyncio.sleep(0.02)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    assert await everything(pool) == {0: 15, 1: 15, 2: 15, 3: 15}


async def test_who_is_asked_again_and_again_notices_that_the_rows_were_set_back(
    pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore
) -> None:
    projector = Projector(pool, store, HISTORY, [PROJECTION])
    for payment in ((1, 10), (1, 5)):
        await pay(store, payment)
        assert await projector.step() == 1
    assert await projector.step() == 0
    await pool.execute("DELETE FROM balances")
    await pool.execute("UPDATE projection_progress SET position = 0")
    async with asyncio.timeout(30):
        while await everything(pool) != {1: 15}:
            await projector.step()


async def test_a_projector_that_lost_its_server_says_of_no_row_that_it_is_there_until_it_has_looked(
    pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore
) -> None:
    projector = Projector(pool, store, HISTORY, [PROJECTION])
    running = asyncio.create_task(projector.run())

    async def comes_to_stand_at(position: int) -> None:
        async with asyncio.timeout(30):
            while projector.position != position:
                await asyncio.sleep(0.01)

    await pay(store, (1, 10), (1, 5))
    await comes_to_stand_at(2)
    await pool.execute("ALTER TABLE projection_progress RENAME TO away")
    await comes_to_stand_at(0)
    await pool.execute("UPDATE away SET position = 1")  # a crash has taken the second back
    await pool.execute("UPDATE balances SET amount = 10, payments = '[10]'")
    await pool.execute("ALTER TABLE away RENAME TO projection_progress")
    await comes_to_stand_at(2)
    assert await everything(pool) == {1: 15}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


class Crashing(Projector):
    """One whose server crashes while it writes, and which then cannot look; that is as long as ``crashes`` says."""

    crashes = False

    async def _fold(self, connection: Any, recorded: Any) -> Any:
        folded = await super()._fold(connection, recorded)
        if self.crashes:
            self.look_again()
        return folded

    async def _look_and_go_on(self) -> int:
        return 0 if self.crashes and self.position == 0 else await super()._look_and_go_on()


async def test_what_was_written_while_the_server_went_is_not_said_to_be_there(
    pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore
) -> None:
    projector = Crashing(pool, store, HISTORY, [PROJECTION])
    for paid in (1, 2, 3):
        projector.crashes = False
        await pay(store, (1, 1))
        while await projector.step():
            pass
        assert projector.position == 2 * paid - 1
        projector.crashes = True
        await pay(store, (1, 1))
        await projector.step()
        assert projector.position == 0
    assert await everything(pool) == {1: 6}


async def test_rebuilding_gives_the_same_rows_whatever_was_in_the_table(
    pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore
) -> None:
    projector = Projector(pool, store, HISTORY, [PROJECTION])
    await pay(store, (1, 5), (2, 7))
    await projector.step()
    await projector.step()
    await pool.execute("UPDATE balances SET amount = 99")
    await pool.execute("INSERT INTO balances VALUES (gen_random_uuid(), 1, '[]', now())")
    assert await projector.rebuild() == 2
    assert await everything(pool) == {1: 5, 2: 7}


async def test_rebuilding_bit_by_bit_with_little_memory_forgets_nothing(
    pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore
) -> None:
    payments = [*((n % 6, n) for n in range(1, 37)), (2, -sum(range(2, 37, 6))), (2, 1), (3, 5), (0, 7)]
    await pay(store, *payments)
    sums = {account: sum(amount for one, amount in payments if one == account) for account in range(6)}
    for cached in (2, 4, 8, 1_000):
        await Projector(pool, store, HISTORY, [PROJECTION], batch=1, cached=cached).rebuild()
        assert await everything(pool) == sums
        assert await pool.fetchval("SELECT payments::text FROM balances WHERE amount = 1") == "[1]"


async def test_rows_that_a_program_of_another_version_made_are_folded_again_by_itself(
    pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore
) -> None:
    before = Projector(pool, store, HISTORY, [PROJECTION])
    await pay(store, (1, 5))
    while await before.step():
        pass
    await pool.execute("ALTER TABLE balances ADD COLUMN highest bigint NOT NULL DEFAULT 0")
    await mark(pool)
    await pay(store, (1, 7), (2, 1))
    assert await before.step()
    others: list[bool] = []
    now = Projector(pool, store, HISTORY, [WIDER], calm=0.1, on_others=lambda: others.append(True))
    assert await now.behind() == 2
    running = asyncio.create_task(now.run())
    async with asyncio.timeout(10):
        while await highest(pool) != {1: 7, 2: 1}:
            await asyncio.sleep(0.02)
    assert await now.behind() == 0
    await pay(store, (1, 9))
    now.wake()
    async with asyncio.timeout(10):
        while await highest(pool) != {1: 9, 2: 1}:
            await asyncio.sleep(0.02)
    assert others == [], "it folded them itself"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_long_log_is_folded_again_only_when_it_is_asked_for(
    pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore
) -> None:
    before = Projector(pool, store, HISTORY, [PROJECTION])
    await before.step()
    await pool.execute("ALTER TABLE balances ADD COLUMN highest bigint NOT NULL DEFAULT 0")
    await mark(pool)
    await pay(store, (1, 5))
    assert await before.step()
    now = Projector(pool, store, HISTORY, [WIDER], calm=0, by_itself=0)
    running = asyncio.create_task(now.run())
    await pay(store, (2, 3))
    async with asyncio.timeout(10):
        while now.position < 2:
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (await highest(pool), await now.behind()) == ({1: 0, 2: 3}, 2)
    await now.rebuild()
    assert (await highest(pool), await now.behind()) == ({1: 5, 2: 3}, 0)


async def mark(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    """Note as a migration does up to where the rows had the shape that it gave them."""
    await pool.execute(
        "INSERT INTO projection_progress SELECT $1, position FROM projection_progress WHERE projection = 'all'",
        shape_of([WIDER]),
    )


async def highest(pool: "asyncpg.Pool[asyncpg.Record]") -> dict[int, int]:
    return {row["account"].int: row["highest"] for row in await pool.fetch("SELECT account, highest FROM balances")}
