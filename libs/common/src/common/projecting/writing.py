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
_SOON = "SELECT set_config('synchronous_commit', 'off', true)"
"""Nobody waits for the disk: rows that a crash of the server took back go back together with their progress."""
_HELD = "SELECT FROM projection_progress WHERE projection = 'all' AND position = $1 FOR UPDATE SKIP LOCKED"
_MOVED = f"""
    UPDATE projection_progress SET position = $2
    WHERE ({_WHERE}) AND {_STILL} AND EXISTS (SELECT FROM soon) RETURNING projection
"""


async def write(connection: "Connection[Any]", folded: Folded, progress: Progress) -> bool:
    """Write *folded* if the rows still stand where they did and nobody else is at them; return whether they did.

    It is one statement, as long as the rows are not very many. Rows that go are held by another before.
    """
    if any(len(changed) > AT_ONCE for _, changed in folded):
        async with connection.transaction():
            if await connection.fetchval(STANDS) != progress[0]:
                return False
            await write_held(connection, folded, progress)
            return True
    kept = [(rows, some) for rows, changed in folded if (some := [row for row in changed.values() if row is not None])]
    gone = [(rows, some) for rows, changed in folded if (some := [key for key, row in changed.items() if row is None])]
    statement = _statement(tuple(rows for rows, _ in kept), tuple(rows for rows, _ in gone))
    told = [*(rows.told(some) for rows, some in kept), *(rows.named(some) for rows, some in gone)]
    if not gone:
        return bool(await connection.fetchval(statement, *progress, *told))
    async with connection.transaction():
        for rows, some in gone:
            await rows.hold(connection, some)
        return bool(await connection.fetchval(statement, *progress, *told))


async def write_held(connection: "Connection[Any]", folded: Folded, progress: Progress) -> None:
    """Write *folded* in a transaction that holds the progress."""
    for rows, changed in folded:
        await rows.write(connection, changed)
    await connection.execute(_MOVE, *progress)


@lru_cache(256)
def _statement(kept: tuple[Rows[Any], ...], gone: tuple[Rows[Any], ...]) -> str:
    """Return the statement that writes rows of the tables *kept* and deletes rows of the tables *gone*."""
    first_gone = 4 + len(kept)
    done = [
        *(f"part_{n} AS ({rows.upsert(n, _STILL)})" for n, rows in enumerate(kept, start=4)),
        *(f"part_{n} AS ({rows.deletion(n, _STILL)})" for n, rows in enumerate(gone, start=first_gone)),
    ]
    whole = ", ".join([f"soon AS ({_SOON})", f"held AS MATERIALIZED ({_HELD})", *done, f"moved AS ({_MOVED})"])
    return f"WITH {whole} SELECT count(*) > 0 FROM moved"
