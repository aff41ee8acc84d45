"""What a service's tables hold of what its facts fold to, to be compared with what they fold to anew."""

from collections.abc import Iterable
from typing import Any

from asyncpg import Connection, Pool, Record

from common.projecting import Projection


async def rows(
    database: "Pool[Record] | Connection[Record]", projections: Iterable[Projection[Any]]
) -> dict[str, list[str]]:
    """Return every row of *projections*, by table."""
    return {
        one.name: [row[0] for row in await database.fetch(f"SELECT t::text FROM {one.name} AS t ORDER BY 1")]
        for one in projections
    }
