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

    It is one statement, as long as the rows are not very many. Rows that go are held by another before.
    """
    if all(len(changed) <= AT_ONCE for _, changed in folded):
        going = [(rows, keys) for rows, changed in folded if (keys := [one for one, row in changed.items() if not row])]
        if not going:
            return await _write_at_once(connection, folded, progress)
        async with connection.transaction():
            for rows, keys in going:
                await rows.hold(connection, keys)
            return await _write_at_once(connection, folded, progress)
    async with connection.transaction():
        if await connection.fetchval(STANDS) != progress[0]:
            return False
        await write_held(connection, folded, progress)
        return True


async def _write_at_once(connection: "Connection[Any]", folded: Folded, progress: Progress) -> bool:
    parts: list[tuple[Rows[Any], bool]] = []
    told: list[str] = []
    for rows, changed in folded:
        if kept := [row for row in changed.values() if row is not None]:
            parts.append((rows, True))
            told.append(rows.told(kept))
        if gone := [key for key, row in changed.items() if row is None]:
            parts.append((rows, False))
            told.append(rows.named(gone))
    return bool(await connection.fetchval(_statement(tuple(parts)), *progress, *told))


async def write_held(connection: "Connection[Any]", folded: Folded, progress: Progress) -> None:
    """Write *folded* in a transaction that holds the progress."""
    for rows, changed in folded:
        await rows.write(connection, changed)
    await connection.execute(_MOVE, *progress)


@lru_cache(256)
def _statement(parts: tuple[tuple[Rows[Any], bool], ...]) -> str:
    """Return the statement for tables some of whose rows are to be kept, or to go."""
    done = [
        f"part_{n} AS ({rows.upsert(n, _STILL) if keep else rows.deletion(n, _STILL)})"
        for n, (rows, keep) in enumerate(parts, start=4)
    ]
    held = "SELECT FROM projection_progress WHERE projection = 'all' AND position = $1 FOR UPDATE SKIP LOCKED"
    moved = f"UPDATE projection_progress SET position = $2 WHERE ({_WHERE}) AND {_STILL} RETURNING projection"
    whole = ", ".join([f"held AS MATERIALIZED ({held})", *done, f"moved AS ({moved})"])
    return f"WITH {whole} SELECT count(*) > 0 FROM moved"
