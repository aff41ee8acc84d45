"""Whoever is entitled can check that nobody rewrote history."""

from datetime import UTC, datetime

import asyncpg
import pytest

from common.eventstore.migrating import create_kernel_tables
from common.eventstore.postgres import PostgresStore
from common.eventstore.verifying import Verdict, verify_history
from common.testing.store_contract import begin, fact


async def _tampered(database: str, *statements: str) -> Verdict:
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
        return await verify_history(connection)
    finally:
        await connection.close()


async def test_an_untouched_history_holds(database: str) -> None:
    verdict = await _tampered(database)
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
    ],
)  # fmt: skip
async def test_what_was_rewritten_is_found_where_it_was_rewritten(
    database: str, statement: str, where: tuple[str, int]
) -> None:
    verdict = await _tampered(database, statement)
    assert where in {(one.stream, one.version) for one in verdict.broken}
