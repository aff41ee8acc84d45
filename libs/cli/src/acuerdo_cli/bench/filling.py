"""Facts put into the databases in bulk, as the services' own appends would have left them."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any, cast

import asyncpg
import nats

from acuerdo_cli.bench.cloning import Clone
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.services import SERVICES
from common.eventstore.postgres import COLUMNS, recorded_of
from common.messaging.connection import StreamSettings
from common.messaging.envelope import headers, subject
from common.messaging.publishing import RELAY

_HEAD = "SELECT coalesce(max(position), 0) FROM events"
_MOVE = "UPDATE checkpoints SET position = $2 WHERE name = $1"
_TAKE_IN = "UPDATE inbox_shares SET position = $2 WHERE source = $1"
_LAST = f"SELECT {COLUMNS} FROM events WHERE published ORDER BY position DESC LIMIT 2"
Places = Mapping[str, Mapping[tuple[int, int], int]]
"""Positions of clones' facts by service, clone and the template's position."""


class Filling:
    """The four databases with clones at the end of their logs; nothing stands until all of it does."""

    def __init__(self, connections: "Mapping[str, asyncpg.Connection[asyncpg.Record]]", heads: dict[str, int]) -> None:
        self._connections = connections
        self._heads = heads

    async def add(self, clones: Sequence[Clone]) -> None:
        """Append the facts of *clones*, mixed by the time at which they were recorded, and what is kept beside them."""
        places: dict[str, dict[tuple[int, int], int]] = {}
        for service, connection in self._connections.items():
            facts, places[service] = in_order([one.facts[service] for one in clones], self._heads[service])
            self._heads[service] += len(facts)
            await _copy(connection, "events", facts)
        for service, connection in self._connections.items():
            for table in clones[0].beside[service]:
                await _copy(connection, table, _beside(clones, service, table, places))

    async def go_on_from_here(self) -> None:
        """Let each relay have published, and each follower taken in, all that is there now."""
        for connection in self._connections.values():
            for service, head in self._heads.items():
                await connection.execute(_TAKE_IN, service, head)
        for service, connection in self._connections.items():
            await connection.execute(_MOVE, RELAY, self._heads[service])


@asynccontextmanager
async def filling(deployment: Deployment) -> AsyncGenerator[Filling]:
    """Fill the databases of services that do not run, in one transaction each."""
    async with AsyncExitStack() as stack:
        connections = {one.name: await stack.enter_async_context(_connected(deployment, one.name)) for one in SERVICES}
        heads = {name: await connection.fetchval(_HEAD) for name, connection in connections.items()}
        for connection in connections.values():
            await stack.enter_async_context(connection.transaction())
        yield Filling(connections, heads)


async def tidied(deployment: Deployment) -> None:
    """Leave every table as autovacuum would in time: counted, and its pages known to be visible."""
    for service in SERVICES:
        async with _connected(deployment, service.name) as connection:
            await connection.execute("VACUUM ANALYZE")
    async with _connected(deployment, SERVICES[0].name) as connection:
        await connection.execute("CHECKPOINT")


async def publish_last(deployment: Deployment) -> None:
    """Publish each service's last fact, by which its relay knows that the stream has what was before it.

    The stream has a hole where the clones are, as after an operator purged it; ``acuerdo republish`` would fill it.
    """
    client = await nats.connect(deployment.nats_url)
    try:
        for service in SERVICES:
            async with _connected(deployment, service.name) as connection:
                last, before = [recorded_of(row) for row in await connection.fetch(_LAST)]
            said = headers(service.name, last, before.position)
            stream = StreamSettings().name
            await client.jetstream().publish(subject(service.name, last), last.data, stream=stream, headers=said)
    finally:
        await client.close()


def in_order(
    lives: Sequence[Sequence[tuple[int, dict[str, Any]]]], head: int
) -> tuple[list[dict[str, Any]], dict[tuple[int, int], int]]:
    """Return the facts of *lives* as one log after *head*, and which position each got: by life and position before.

    They stand in the order of time in which they were recorded, each life's in its own.
    """
    sorted_facts = sorted(_timed(lives), key=lambda one: one[0])
    places: dict[tuple[int, int], int] = {}
    facts: list[dict[str, Any]] = []
    for position, (_, life, before, fact) in enumerate(sorted_facts, start=head + 1):
        places[life, before] = position
        facts.append(fact | {"position": position})
    return facts, places


def _timed(
    lives: Sequence[Sequence[tuple[int, dict[str, Any]]]],
) -> list[tuple[datetime, int, int, dict[str, Any]]]:
    timed: list[tuple[datetime, int, int, dict[str, Any]]] = []
    for number, life in enumerate(lives):
        latest: datetime | None = None
        for before, fact in life:
            latest = fact["recorded_at"] if latest is None else max(latest, fact["recorded_at"])
            timed.append((cast("datetime", latest), number, before, fact))
    return timed


def _beside(clones: Sequence[Clone], service: str, table: str, places: Places) -> list[dict[str, Any]]:
    """Return the rows of *table*, each with the position of the clone's fact that it goes by."""
    rows: list[dict[str, Any]] = []
    for number, clone in enumerate(clones):
        for row in clone.beside[service][table]:
            source = row.get("source", service)
            if "position" in row:
                row["position"] = places[source][number, row["position"]]
            rows.append(row)
    return rows


async def _copy(connection: "asyncpg.Connection[asyncpg.Record]", table: str, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        columns = list(rows[0])
        records = [tuple(row.values()) for row in rows]
        await connection.copy_records_to_table(table, columns=columns, records=records)


@asynccontextmanager
async def _connected(deployment: Deployment, service: str) -> "AsyncGenerator[asyncpg.Connection[asyncpg.Record]]":
    connection = await asyncpg.connect(deployment.database_url(service))
    try:
        yield connection
    finally:
        await connection.close()
