"""Changed rows and how far they follow the log become true together, or not at all where somebody else went on."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from asyncpg import Connection

from common.projecting.rows import AT_ONCE, Keys, Rows

Folded = Sequence[tuple[Rows[Any], Mapping[Keys, Any]]]
"""Rows of several tables as they are after some facts; None for those that are gone."""
Progress = tuple[int, int, str]
"""Where the rows stood, where they stand then, and the name of their shape."""

STANDS = "SELECT position FROM projection_progress WHERE projection = 'all' FOR UPDATE SKIP LOCKED"
_WHERE = "projection = 'all' OR (projection = $3 AND position = $1)"
"""The shape's progress goes along only where it stood: once another version has moved on alone, it stays behind."""
_MOVE = f"UPDATE projection_progress SET position = $2 WHERE {_WHERE}"
_STILL = "EXISTS (SELECT FROM held)"


async def write(connection: "Connection[Any]", folded: Folded, progress: Progress) -> bool:
    """Write *folded* if the rows still stand where they did and nobody else is at them; return whether they did.

    Usually it is one statement. Rows that go need another before, and very many more than one.
    """
    if all(_is_simple(changed) for _, changed in folded):
        statement = _statement(tuple(rows for rows, _ in folded))
        told = [rows.told(changed.values()) for rows, changed in folded]
        return bool(await connection.fetchval(statement, *progress, *told))
    async with connection.transaction():
        if await connection.fetchval(STANDS) != progress[0]:
            return False
        await write_held(connection, folded, progress)
        return True


async def write_held(connection: "Connection[Any]", folded: Folded, progress: Progress) -> None:
    """Write *folded* in a transaction that holds the progress."""
    for rows, changed in folded:
        await rows.write(connection, changed)
    await connection.execute(_MOVE, *progress)


def _is_simple(changed: Mapping[Keys, Any]) -> bool:
    return len(changed) <= AT_ONCE and None not in changed.values()


@lru_cache(256)
def _statement(tables: tuple[Rows[Any], ...]) -> str:
    written = [f"rows_{n} AS ({rows.upsert(n, _STILL)})" for n, rows in enumerate(tables, start=4)]
    held = "SELECT FROM projection_progress WHERE projection = 'all' AND position = $1 FOR UPDATE SKIP LOCKED"
    moved = f"UPDATE projection_progress SET position = $2 WHERE ({_WHERE}) AND {_STILL} RETURNING projection"
    parts = [f"held AS MATERIALIZED ({held})", *written, f"moved AS ({moved})"]
    return f"WITH {', '.join(parts)} SELECT count(*) > 0 FROM moved"
