"""A migration goes on beside those who use the database: nobody waits for it longer than a moment."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from time import perf_counter

import asyncpg
import pytest

from common.eventstore.migrating import InTheWay, migrate

ENV = "from alembic import context\nfrom common.eventstore.migrating import run\nrun(context)\n"
STEP = """
from alembic import op
from common.eventstore.migrating import apart
revision, down_revision = {revision!r}, {before!r}
def upgrade():
    op.execute({now!r})
    with apart(op):
        for statement in {later!r}:
            op.execute(statement)
"""
WIDEN = "ALTER TABLE things ADD COLUMN IF NOT EXISTS weight integer"
FILL = "UPDATE things SET weight = 7 WHERE weight IS NULL"
INDEX = "CREATE INDEX CONCURRENTLY things_by_weight ON things (weight)"


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    """A folder with one step that makes a table."""
    (tmp_path / "env.py").write_text(ENV)
    (tmp_path / "versions").mkdir()
    add(tmp_path, "0001", "CREATE TABLE things (thing integer PRIMARY KEY)", "INSERT INTO things VALUES (1)")
    return tmp_path


@pytest.fixture
async def reader(database: str, steps: Path) -> AsyncGenerator["asyncpg.Connection[asyncpg.Record]"]:
    """A program that uses the tables as the first step made them."""
    await migrate(database, steps)
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


def add(steps: Path, revision: str, now: str, *later: str) -> None:
    """Add a step that does *now*, and *later* what needs no lock on a table."""
    before = f"{int(revision) - 1:04}" if revision != "0001" else None
    written = STEP.format(revision=revision, before=before, now=now, later=later)
    (steps / "versions" / f"{revision}_step.py").write_text(written)


async def test_who_reads_waits_only_a_moment_for_a_step_that_waits_for_a_long_transaction(
    database: str, steps: Path, reader: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    add(steps, "0002", WIDEN, FILL)
    other = await asyncpg.connect(database)
    async with reader.transaction():
        await reader.fetch("SELECT * FROM things")
        migrating = asyncio.create_task(migrate(database, steps))
        await until(other, "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        began = perf_counter()
        assert await other.fetchval("SELECT thing FROM things") == 1
        assert perf_counter() - began < 10, "two seconds, and what a busy machine adds"
        assert not migrating.done()
    await migrating
    assert await other.fetchval("SELECT weight FROM things") == 7
    await other.close()


async def test_a_step_that_cannot_have_its_locks_says_so_and_those_before_it_stand(
    database: str, steps: Path, reader: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    add(steps, "0002", "CREATE TABLE others (other integer)")
    add(steps, "0003", WIDEN)
    async with reader.transaction():
        await reader.fetch("SELECT * FROM things")
        with pytest.raises(InTheWay, match="lock timeout"):
            await migrate(database, steps, tries=())
    assert await reader.fetchval("SELECT version_num FROM alembic_version") == "0002"
    await migrate(database, steps)
    assert await reader.fetchval("SELECT version_num FROM alembic_version") == "0003"


async def test_a_step_that_was_cut_off_is_done_again_from_its_beginning(
    database: str, steps: Path, reader: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    add(steps, "0002", WIDEN, FILL, "SELECT 1 / 0")
    with pytest.raises(Exception, match="division by zero"):
        await migrate(database, steps)
    assert await reader.fetchval("SELECT weight FROM things") == 7
    add(steps, "0002", WIDEN, FILL)
    await migrate(database, steps)
    assert await reader.fetchval("SELECT version_num FROM alembic_version") == "0002"


async def test_many_that_migrate_at_once_do_each_step_once_and_none_waits_for_ever(
    database: str, steps: Path, reader: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    add(steps, "0002", WIDEN, FILL, INDEX)
    async with asyncio.timeout(60):
        await asyncio.gather(*(migrate(database, steps) for _ in range(3)))
    assert await reader.fetchval("SELECT indisvalid FROM pg_index WHERE indexrelid = 'things_by_weight'::regclass")


async def test_it_is_noted_up_to_where_rows_had_the_shape_that_a_migration_gave_them(
    database: str, steps: Path, reader: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await reader.execute("CREATE TABLE projection_progress (projection text PRIMARY KEY, position bigint NOT NULL)")
    await migrate(database, steps, rows="rows:narrow")
    await reader.execute("INSERT INTO projection_progress VALUES ('all', 7)")
    add(steps, "0002", WIDEN)
    for _ in range(2):
        await migrate(database, steps, rows="rows:wide")
        await reader.execute("UPDATE projection_progress SET position = 9 WHERE projection = 'all'")
    noted = await reader.fetch("SELECT projection, position FROM projection_progress")
    assert {row["projection"]: row["position"] for row in noted} == {"all": 9, "rows:narrow": 0, "rows:wide": 7}


async def until(connection: "asyncpg.Connection[asyncpg.Record]", question: str) -> None:
    async with asyncio.timeout(20):
        while not await connection.fetchval(question):
            await asyncio.sleep(0.02)
