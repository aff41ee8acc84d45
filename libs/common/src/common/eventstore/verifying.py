"""Checking a whole service's history: nothing rewritten, nothing missing, also not at the end."""

from collections.abc import Callable, Iterable
from itertools import pairwise

from asyncpg import Connection, Record

from common.eventstore.chain import Broken, verify
from common.eventstore.postgres import COLUMNS, recorded_of
from common.eventstore.recorded import Recorded
from common.values import value

Publishes = Callable[[str], bool | None]
"""Tells whether facts of a name leave the service, None when it knows no such fact."""

LOG = "(the log)"


@value
class Witness:
    """Who has seen the service's log up to ``position``, which therefore cannot end before."""

    name: str
    position: int


@value
class Verdict:
    """What was checked, the service's last position, and each stream that does not hold."""

    facts: int
    streams: int
    position: int
    broken: tuple[Broken, ...]


async def verify_history(
    connection: "Connection[Record]",
    seen: Callable[[int], None] | None = None,
    *,
    witnesses: Iterable[Witness] = (),
    publishes: Publishes | None = None,
) -> Verdict:
    """Check every stream's hash chain and that positions count without gaps, at one moment, in bounded memory.

    *seen* is told how many facts were checked so far. The log must reach what each of *witnesses* saw, and leave the
    service only what *publishes* says.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        count, position = await connection.fetchrow("SELECT count(*), coalesce(max(position), 0) FROM events") or (0, 0)
        broken = [] if count == position else [Broken(stream=LOG, version=count, why="positions are missing")]
        broken.extend(_lost(witnesses, position))
        facts = streams = 0
        pending: list[Record] = []
        cursor = connection.cursor(f"SELECT {COLUMNS} FROM events ORDER BY stream, version", prefetch=2_000)
        async for row in cursor:
            if pending and pending[-1]["stream"] != row["stream"]:
                streams, pending = streams + 1, _check(pending, broken, publishes)
                if seen:
                    seen(facts)
            pending.append(row)
            facts += 1
        if pending:
            streams += 1
            _check(pending, broken, publishes)
    return Verdict(facts=facts, streams=streams, position=position, broken=tuple(broken))


def _lost(witnesses: Iterable[Witness], end: int) -> list[Broken]:
    return [
        Broken(stream=LOG, version=end, why=f"its end is lost: {one.name} had seen position {one.position}")
        for one in witnesses
        if one.position > end
    ]


def _check(rows: list[Record], broken: list[Broken], publishes: Publishes | None) -> list[Record]:
    """Note where the stream of *rows* breaks; return an empty list to go on with."""
    try:
        facts = [recorded_of(row) for row in rows]
        why = verify(facts) or _out_of_order(facts) or (publishes and _misplaced(facts, publishes))
    except (TypeError, ValueError, OverflowError) as error:  # a time or an actor that this program never writes
        why = Broken(stream=rows[0]["stream"], version=rows[0]["version"], why=f"it cannot be read: {error}")
    if why:
        broken.append(why)
    return []


def _out_of_order(facts: list[Recorded]) -> Broken | None:
    """Return the first fact that stands in the log before the one that it follows, which no hash covers."""
    for before, fact in pairwise(facts):
        if fact.position <= before.position:
            return Broken(
                stream=fact.stream, version=fact.version, why="it stands in the log before the fact before it"
            )
    return None


def _misplaced(facts: list[Recorded], publishes: Publishes) -> Broken | None:
    """Return the first fact that leaves the service and must not, or the other way round: it follows from its name."""
    for fact in facts:
        wanted = publishes(fact.name)
        if wanted is None:
            return Broken(stream=fact.stream, version=fact.version, why=f"the service knows no fact {fact.name}")
        if fact.published != wanted:
            why = "it is kept from its readers" if wanted else "it is marked to be published, which is private"
            return Broken(stream=fact.stream, version=fact.version, why=why)
    return None
