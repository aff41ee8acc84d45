"""Whoever is entitled can check that nobody rewrote history."""

from datetime import UTC, datetime

import asyncpg
import pytest

from common.eventstore.migrating import create_kernel_tables
from common.eventstore.postgres import PostgresStore
from common.eventstore.verifying import LOG, Verdict, Witness, verify_history
from common.testing.store_contract import begin, fact


def _published(name: str) -> bool | None:
    return True if name == "thing-happened" else None


async def _tampered(database: str, *statements: str, seen: int = 0) -> Verdict:
    await create_kernel_tables(database)
    async with asyncpg.create_pool(database, min_size=1, max_size=2) as pool:
        store = PostgresStore(pool, clock=lambda: datetime(2026, 3, 2, 12, tzinfo=UTC))
        for n in range(1, 4):
            await store.append(begin(f"case-{n}", fact(n), fact(n + 10), fact(n + 20)))
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("ALTER TABLE events DISABLE TRIGGER events_are_for_ever")
        for statement in statements:
            await connection.execute(statement)
        return await verify_history(
            connection, witnesses=[Witness(name="a reader", position=seen)], publishes=_published
        )
    finally:
        await connection.close()


async def test_an_untouched_history_holds(database: str) -> None:
    verdict = await _tampered(database, seen=9)
    assert (verdict.facts, verdict.streams, verdict.position, verdict.broken) == (9, 3, 9, ())


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("""UPDATE events SET data = '{"number": 99}' WHERE stream = 'case-2' AND version = 2""", ("case-2", 2)),
        ("""UPDATE events SET data = '{"number": 2,"odd spacing":true}' WHERE position = 4""", ("case-2", 1)),
        ("UPDATE events SET at = at - interval '1 second' WHERE stream = 'case-1' AND version = 3", ("case-1", 3)),
        ("UPDATE events SET at = '-infinity' WHERE stream = 'case-1' AND version = 1", ("case-1", 1)),
        ("UPDATE events SET recorded_at = now() WHERE stream = 'case-1' AND version = 1", ("case-1", 1)),
        ("""UPDATE events SET actor = '{"rule":"nobody"}' WHERE stream = 'case-3' AND version = 2""", ("case-3", 2)),
        ("DELETE FROM events WHERE stream = 'case-3' AND version = 2", ("(the log)", 8)),
        ("DELETE FROM events WHERE stream = 'case-3' AND version = 2", ("case-3", 2)),
        ("UPDATE events SET published = false WHERE stream = 'case-3' AND version = 2", ("case-3", 2)),
    ],
)  # fmt: skip
async def test_what_was_rewritten_is_found_where_it_was_rewritten(
    database: str, statement: str, where: tuple[str, int]
) -> None:
    verdict = await _tampered(database, statement)
    assert where in {(one.stream, one.version) for one in verdict.broken}


async def test_a_lost_end_is_found_where_somebody_saw_it(database: str) -> None:
    verdict = await _tampered(database, "DELETE FROM events WHERE position > 7", seen=9)
    assert [(one.stream, one.version) for one in verdict.broken] == [(LOG, 7)]
    assert "a reader had seen position 9" in verdict.broken[0].why


async def test_a_stream_that_was_taken_out_with_its_positions_is_found_where_somebody_saw_the_end(
    database: str,
) -> None:
    verdict = await _tampered(
        database,
        "DELETE FROM events WHERE stream = 'case-2'",
        "UPDATE events SET position = position - 3 WHERE position > 3",
        seen=9,
    )
    assert [(one.stream, one.version) for one in verdict.broken] == [(LOG, 6)]


async def test_facts_that_changed_places_with_those_of_another_stream_are_found(database: str) -> None:
    verdict = await _tampered(
        database,
        "UPDATE events SET position = -position WHERE position IN (2, 9)",
        "UPDATE events SET position = CASE position WHEN -2 THEN 9 ELSE 2 END WHERE position < 0",
    )
    assert [(one.stream, one.version) for one in verdict.broken] == [("case-1", 3), ("case-3", 3)]


async def test_a_fact_that_no_program_of_the_service_says_is_found(database: str) -> None:
    await create_kernel_tables(database)
    async with asyncpg.create_pool(database, min_size=1, max_size=2) as pool:
        store = PostgresStore(pool, clock=lambda: datetime(2026, 3, 2, 12, tzinfo=UTC))
        await store.append(begin("case-1", fact(1, "never-heard-of")))
        async with pool.acquire() as connection:
            verdict = await verify_history(connection, publishes=_published)  # pyright: ignore[reportArgumentType]
    assert [one.why for one in verdict.broken] == ["the service knows no fact never-heard-of"]
