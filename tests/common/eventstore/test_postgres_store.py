"""The store on PostgreSQL keeps the contract, and what only a database can be asked."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from common.eventstore.migrating import create_kernel_tables
from common.eventstore.postgres import PostgresStore
from common.eventstore.recorded import Recorded
from common.testing.store_contract import StoreContract, begin, fact, once


def noon() -> datetime:
    return datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def store(pool: "asyncpg.Pool[asyncpg.Record]") -> PostgresStore:
    return PostgresStore(pool, clock=noon)


class TestPostgresStore(StoreContract):
    """The contract."""


async def test_readers_never_skip_a_fact_while_two_processes_append(
    pool: "asyncpg.Pool[asyncpg.Record]", database: str
) -> None:
    async with asyncpg.create_pool(database, min_size=1, max_size=4) as other:
        writers = [PostgresStore(pool, clock=noon), PostgresStore(other, clock=noon)]
        seen: list[Recorded] = []

        async def follow() -> None:
            while len(seen) < 2 * 300:
                seen.extend(await writers[0].read_log(after=len(seen), limit=1_000))

        reader = asyncio.create_task(follow())
        await asyncio.gather(
            *(writers[n % 2].append(begin(f"case-{n}", fact(n), fact(n + 1_000))) for n in range(1, 301))
        )
        await asyncio.wait_for(reader, timeout=20)
    assert [one.position for one in seen] == list(range(1, 601)), "in order, without gaps, none skipped, none twice"


async def test_one_of_two_processes_wins_a_version_and_the_other_hears_of_it(
    pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore
) -> None:
    other = PostgresStore(pool, clock=noon)
    outcomes = await asyncio.gather(
        *(one.append(begin(f"case-{n}", fact(n))) for n in range(50) for one in (store, other)), return_exceptions=True
    )
    assert sum(isinstance(one, Exception) for one in outcomes) == 50
    assert await store.head() == 50


@pytest.mark.parametrize("wish", ["UPDATE events SET name = 'x'", "DELETE FROM events", "TRUNCATE events"])
async def test_facts_are_for_ever(pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore, wish: str) -> None:
    await store.append(begin("case-1", fact(1)))
    with pytest.raises(asyncpg.RaiseError, match="facts are for ever"):
        await pool.execute(wish)


async def test_what_the_database_refuses_fails_only_its_own_command(store: PostgresStore) -> None:
    good, bad, also_good = await asyncio.gather(
        store.append(begin("case-1", fact(1))),
        store.append(begin("case-2\0", fact(2))),
        store.append(begin("case-3", fact(3))),
        return_exceptions=True,
    )
    assert isinstance(bad, Exception)
    assert not isinstance(good, BaseException)
    assert not isinstance(also_good, BaseException)


async def test_effects_are_written_with_the_facts_or_not_at_all(
    pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore
) -> None:
    await pool.execute("CREATE TABLE noted (what text)")

    async def note(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        await connection.execute("INSERT INTO noted VALUES ('it')")

    await store.append_together([begin("case-1", fact(1), once=once("k"))], [note])
    with pytest.raises(Exception, match="case-2"):
        await store.append_together([begin("case-2", fact(2), once=once("k"))], [note])
    assert await pool.fetchval("SELECT count(*) FROM noted") == 1


async def test_a_service_has_a_random_secret_of_its_own_that_all_its_processes_know(
    pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore, new_database: Callable[[], str]
) -> None:
    assert len(await store.secret()) == 32
    assert await store.secret() == await PostgresStore(pool, clock=noon).secret()
    anothers = new_database()
    await create_kernel_tables(anothers)
    async with asyncpg.create_pool(anothers, min_size=1, max_size=1) as elsewhere:
        assert await PostgresStore(elsewhere, clock=noon).secret() != await store.secret()


async def test_a_stream_that_cannot_be_read_spoils_no_other_that_is_read_in_the_same_moment(
    pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore
) -> None:
    await store.append(begin("case-1", fact(1)))
    await pool.execute(
        "INSERT INTO events SELECT 2, 'case-2', version, gen_random_uuid(), name, schema, data, at, recorded_at, 'x', "
        "agreement_id, correlation, causation, imported, performed_by, trace, published, hash, previous, confided "
        "FROM events"
    )
    sound, spoilt = await asyncio.gather(store.read("case-1"), store.read("case-2"), return_exceptions=True)
    assert isinstance(spoilt, Exception)
    assert not isinstance(sound, BaseException)
    assert [one.version for one in sound] == [1]


async def test_who_asks_for_what_cannot_be_spoils_nobody_s_reading_in_the_same_moment(store: PostgresStore) -> None:
    await store.append(begin("case-1", fact(1)))
    reads = (store.read("case-1"), store.read("case-1", after=2**31), store.read("case-\0"), store.read("case-1"))
    sound, *spoilt, again = await asyncio.gather(*reads, return_exceptions=True)
    assert all(isinstance(one, asyncpg.DataError) for one in spoilt)
    for found in (sound, again):
        assert not isinstance(found, BaseException)
        assert [one.version for one in found] == [1]


async def test_workers_that_claim_at_once_share_what_is_due(
    pool: "asyncpg.Pool[asyncpg.Record]", store: PostgresStore
) -> None:
    await asyncio.gather(*(store.append(begin(f"case-{n}", fact(n), due=noon())) for n in range(1, 101)))
    later = noon() + timedelta(minutes=1)
    others = [PostgresStore(pool, clock=noon) for _ in range(4)]
    claims = [one.claim(now=noon(), until=later, limit=7) for one in (store, *others) * 4]
    taken = [stream for claimed in await asyncio.gather(*claims) for stream, _ in claimed]
    assert len(taken) == len(set(taken))
    rest = await store.claim(now=noon(), until=later, limit=100)
    assert sorted([*taken, *(stream for stream, _ in rest)]) == sorted(f"case-{n}" for n in range(1, 101))
