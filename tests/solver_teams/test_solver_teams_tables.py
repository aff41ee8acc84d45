"""The migrations make exactly the tables that the projections write into."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine

from common.addresses import sqlalchemy_url
from common.eventstore.migrating import migrate
from solver_teams.projections import metadata
from solver_teams.wiring import service


def _shape(table: sa.Table) -> set[tuple[str, str, bool, bool]]:
    return {
        (column.name, column.type.compile(dialect=postgresql.dialect()), bool(column.nullable), column.primary_key)
        for column in table.columns
    }


async def test_the_migrations_make_the_tables_that_the_projections_know(database: str) -> None:
    await migrate(database, service.migrations)
    made = sa.MetaData()
    engine = create_async_engine(sqlalchemy_url(database))
    async with engine.connect() as connection:
        await connection.run_sync(made.reflect)
    await engine.dispose()
    for name, table in metadata.tables.items():
        assert _shape(made.tables[name]) == _shape(table)
        assert {index.name for index in made.tables[name].indexes} == {index.name for index in table.indexes}
