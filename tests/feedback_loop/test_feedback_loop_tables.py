"""The migrated database has the tables that the program reads and writes."""

import asyncpg

from common.eventstore.migrating import migrate
from feedback_loop.projections import metadata
from feedback_loop.wiring import service

COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'
"""


async def test_the_migrated_tables_are_those_of_the_program(database: str) -> None:
    await migrate(database, service.migrations)
    connection = await asyncpg.connect(database)
    found = {(row["table_name"], row["column_name"]) for row in await connection.fetch(COLUMNS)}
    await connection.close()
    wanted = {(table.name, column.name) for table in metadata.tables.values() for column in table.columns}
    assert wanted <= found
    ours = {name for name, _ in wanted}
    assert {one for one in found if one[0] in ours} == wanted


async def test_every_projection_has_a_table_of_its_own() -> None:
    tables = [projection.table.name for projection in service.projections]
    assert sorted(tables) == sorted(metadata.tables)
