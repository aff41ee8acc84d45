"""Facts turned into rows, in order, in transactions that also move the projections' progress."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast

import structlog
from asyncpg import Connection, Pool, Record

from common.eventstore.recorded import Recorded, Store
from common.history import History
from common.pacing import Gathering
from common.projecting.projection import Projection, about
from common.projecting.rows import Keys, Rows

_log = structlog.get_logger(__name__)


class Projector:
    """Keeps the rows of a service's projections up to date. Any number may run; one at a time does the work.

    Whoever locks the progress row works; a fact's effect on a row and the progress past it commit together, so it
    happens once. Rows read before are kept while no other projector has moved the progress.
    """

    def __init__(
        self,
        pool: "Pool[Record]",
        store: Store,
        history: History,
        projections: Sequence[Projection[Any]],
        *,
        batch: int = 1_000,
        cached: int = 50_000,
    ) -> None:
        self._pool = pool
        self._store = store
        self._history = history
        self._tables = [(projection, Rows(projection)) for projection in projections]
        self._batch = batch
        self._cached = cached
        self._known: dict[str, dict[Keys, Any]] = {}
        self._stands_at = -1
        self._woken = asyncio.Event()
        self.position = 0

    async def run(self) -> None:
        """Follow the log until cancelled; a failure is logged and tried again."""
        pause, gathering = 0.0, Gathering()
        while True:
            await gathering.turn()
            try:
                moved = await self.step()
            except Exception:  # noqa: BLE001 - a projector that stops is worse than one that says why and tries again
                _log.exception("projecting failed; trying again")
                self._forget()
                pause = min(5.0, pause * 2 + 0.1)
                await asyncio.sleep(pause)
                continue
            pause = 0.0
            if not moved:
                await self._rest()

    def wake(self) -> None:
        """There may be facts to project."""
        self._woken.set()

    async def step(self) -> bool:
        """Project one batch of facts; return whether there was any."""
        async with self._pool.acquire() as pooled, pooled.transaction():
            connection = cast("Connection[Any]", pooled)
            stands = await connection.fetchval(
                "SELECT position FROM projection_progress WHERE projection = 'all' FOR UPDATE SKIP LOCKED"
            )
            if stands is None:
                return await self._begin(connection)
            self.position = max(self.position, stands)
            facts = await self._store.read_log(after=stands, limit=self._batch)
            if not facts:
                return False
            if stands != self._stands_at:
                self._known.clear()
            self._stands_at = -1  # until this batch is committed
            await self._project(connection, facts)
            await _move(connection, facts[-1].position)
        self._stands_at = self.position = facts[-1].position
        self._trim()
        return True

    async def rebuild(self) -> int:
        """Empty the tables and fold them again from the first fact, seen at once at the end; return how many facts."""
        async with self._pool.acquire() as pooled, pooled.transaction():
            connection = cast("Connection[Any]", pooled)
            await connection.execute(_BEGIN)
            await connection.execute("SELECT FROM projection_progress WHERE projection = 'all' FOR UPDATE")
            for _, rows in self._tables:
                await connection.execute(rows.empty)
            self._known = {projection.name: {} for projection, _ in self._tables}
            position = 0
            while facts := await self._store.read_log(after=position, limit=5_000):
                await self._project(connection, facts)
                position = facts[-1].position
                self._trim()
            await _move(connection, position)
        self._forget()
        return position

    async def _begin(self, connection: "Connection[Any]") -> bool:
        """Make the progress row on a new database; return whether this made it."""
        return (await connection.execute(_BEGIN)).endswith("1")

    async def _project(self, connection: "Connection[Any]", recorded: Sequence[Recorded]) -> None:
        facts = [(one, self._history.recall(one)) for one in recorded]
        for projection, rows in self._tables:
            touched: dict[Keys, list[tuple[Recorded, Any]]] = {}
            for one, fact in facts:
                for key in projection.keys(fact):
                    touched.setdefault(key, []).append((one, fact))
            if touched:
                known = self._known.setdefault(projection.name, {})
                known.update(await rows.read(connection, [key for key in touched if key not in known]))
                changed = {key: _folded(projection, known[key], key, those) for key, those in touched.items()}
                known.update(changed)
                await rows.write(connection, changed)

    def _trim(self) -> None:
        for known in self._known.values():
            if len(known) > self._cached:
                known.clear()

    def _forget(self) -> None:
        self._known.clear()
        self._stands_at = -1

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await self._woken.wait()
        self._woken.clear()


def _folded(projection: Projection[Any], row: Any, key: Keys, facts: Sequence[tuple[Recorded, Any]]) -> Any:
    """Return the row *key* after *facts*, all of which concern it."""
    for one, fact in facts:
        row = projection.project(row, fact, about(one, key))
    return row


_BEGIN = "INSERT INTO projection_progress VALUES ('all', 0) ON CONFLICT DO NOTHING"


async def _move(connection: "Connection[Any]", position: int) -> None:
    await connection.execute("UPDATE projection_progress SET position = $1 WHERE projection = 'all'", position)
