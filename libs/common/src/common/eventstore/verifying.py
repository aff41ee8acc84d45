"""Checking a whole service's history: nothing rewritten, nothing missing."""

from collections.abc import Callable

from asyncpg import Connection, Record

from common.eventstore.chain import Broken, verify
from common.eventstore.postgres import COLUMNS, recorded_of
from common.values import value


@value
class Verdict:
    """What was checked, the service's last position, and each stream that does not hold."""

    facts: int
    streams: int
    position: int
    broken: tuple[Broken, ...]


async def verify_history(connection: "Connection[Record]", seen: Callable[[int], None] | None = None) -> Verdict:
    """Check every stream's hash chain and that positions count without gaps, at one moment, in bounded memory.

    *seen* is told how many facts were checked so far.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        count, position = await connection.fetchrow("SELECT count(*), coalesce(max(position), 0) FROM events") or (0, 0)
        broken = [] if count == position else [Broken(stream="(the log)", version=count, why="positions are missing")]
        facts = streams = 0
        pending: list[Record] = []
        cursor = connection.cursor(f"SELECT {COLUMNS} FROM events ORDER BY stream, version", prefetch=2_000)
        async for row in cursor:
            if pending and pending[-1]["stream"] != row["stream"]:
                streams, pending = streams + 1, _check(pending, broken)
                if seen:
                    seen(facts)
            pending.append(row)
            facts += 1
        if pending:
            streams += 1
            _check(pending, broken)
    return Verdict(facts=facts, streams=streams, position=position, broken=tuple(broken))


def _check(rows: list[Record], broken: list[Broken]) -> list[Record]:
    """Note where the stream of *rows* breaks; return an empty list to go on with."""
    try:
        why = verify(map(recorded_of, rows))
    except (TypeError, ValueError, OverflowError) as error:  # a time or an actor that this program never writes
        why = Broken(stream=rows[0]["stream"], version=rows[0]["version"], why=f"it cannot be read: {error}")
    if why is not None:
        broken.append(why)
    return []
