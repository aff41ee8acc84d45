"""Facts turned into rows, in order, in transactions that also move the projections' progress."""

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, cast

import structlog
from asyncpg import Connection, Pool, Record

from common.eventstore.recorded import Log, Recorded, size_of
from common.history import History
from common.pacing import Calm, Gathering
from common.projecting.projection import Projection, about
from common.projecting.rows import Keys, Rows
from common.projecting.writing import STANDS, write, write_held

_log = structlog.get_logger(__name__)

_SURE = 0.5  # seconds
_FEW, _AT_ONCE_BYTES = 100, 16 * 1024 * 1024
"""What is read at once when all is folded again: so many facts at least, and else about so many bytes."""
_LARGE, _MOST_LARGE_BYTES = 8 * 1024, 64 * 1024 * 1024
"""A fact of more bytes is large; rows made of so many bytes of such facts are not known for longer."""


class Projector:
    """Keeps the rows of a service's projections up to date. Any number may run; one at a time does the work.

    Whoever locks the progress row works; a fact's effect on a row and the progress past it commit together, so it
    happens once. Rows read before are kept while no other projector has moved the progress.

    How far rows were written in this program's own shape is progress too. Where a program of another version has moved
    on alone, as during a rolling upgrade, all are folded again once this one has run for *calm* seconds, and as often
    as it takes; a log of more than *by_itself* facts is left to ``rebuild``, which whoever operates it has to run.
    *on_moved* is called whenever ``position`` has moved, *on_others* when it is seen that another projector runs;
    *unhurried* is where it is known that nobody waits.
    """

    def __init__(
        self,
        pool: "Pool[Record]",
        log: Log,
        history: History,
        projections: Sequence[Projection[Any]],
        *,
        batch: int = 1_000,
        cached: int = 50_000,
        calm: float = 60.0,
        by_itself: int = 2_000_000,
        on_moved: Callable[[], None] = lambda: None,
        on_others: Callable[[], None] = lambda: None,
        unhurried: Calm | None = None,
    ) -> None:
        self._pool = pool
        self._log = log
        self._history = history
        self._tables = [(projection, Rows(projection)) for projection in projections]
        self._batch = batch
        self._cached = cached
        self._known: dict[str, dict[Keys, Any]] = {}
        self._large_bytes = 0
        self._all_known: set[str] = set()  # tables of which there are no other rows
        self._stands_at = -1
        self._sure_until = 0.0
        self._woken = asyncio.Event()
        self._shape = shape_of(projections)
        self._calm = calm
        self._by_itself = by_itself
        self._look_again = 0.0
        self._on_moved = on_moved
        self._on_others = on_others
        self._unhurried = unhurried
        self._looked = False
        self._cuts = 0
        self.position = 0

    async def run(self) -> None:
        """Follow the log until cancelled; a failure is logged and tried again."""
        pause, gathering, clock = 0.0, Gathering(calm=self._unhurried), asyncio.get_running_loop().time
        self._look_again = clock() + self._calm
        while True:
            await gathering.turn()
            try:
                if clock() > self._look_again:
                    await self._mend()
                    self._look_again = clock() + self._calm
                moved = await self.step()
            except Exception:  # noqa: BLE001 - a projector that stops is worse than one that says why and tries again
                _log.exception("projecting failed; trying again")
                self._forget()
                self.look_again()
                pause = min(5.0, pause * 2 + 0.1)
                await asyncio.sleep(pause)
                continue
            pause = 0.0
            if moved < self._batch:
                gathering.rest()
                await self._rest()

    def wake(self) -> None:
        """There may be facts to project."""
        self._woken.set()

    def look_again(self) -> None:
        """The server may have crashed, and taken the last rows back: none is said to be there before it was asked."""
        self._cuts += 1
        self.position, self._looked, self._sure_until = 0, False, 0.0
        self._woken.set()

    async def step(self) -> int:
        """Project one batch of facts; return how many there were."""
        if time.monotonic() <= self._sure_until:
            facts = await self._log.read_log(after=self._stands_at, limit=self._batch)
            if not facts or await self._go_on(facts):
                return len(facts)
        return await self._look_and_go_on()

    async def _go_on(self, facts: Sequence[Recorded]) -> bool:
        """Project what comes after the batch that this one projected last; return whether it is there for sure.

        Nothing is held while it is folded, and usually all is written by one statement. Where the rows stand is looked
        up beforehand again after a moment: another projector, or whoever restores, may have moved it.
        """
        before, self._stands_at = self._stands_at, -1  # until this batch is committed
        progress, cuts = (before, facts[-1].position, self._shape), self._cuts
        async with self._pool.acquire() as pooled:
            connection = cast("Connection[Any]", pooled)
            moved = await write(connection, await self._fold(connection, facts), progress)
        sure = moved and cuts == self._cuts
        if sure:
            self._sure_until = time.monotonic() + _SURE
            self._moved_to(facts[-1].position)
        else:
            self._forget()
        return sure

    async def _look_and_go_on(self) -> int:
        cuts = self._cuts
        async with self._pool.acquire() as pooled, pooled.transaction():
            connection = cast("Connection[Any]", pooled)
            stands = await connection.fetchval(STANDS)
            self._sure_until = time.monotonic() + _SURE if stands == self._stands_at else 0.0
            if stands is None:
                if not await self._begin(connection):
                    self._on_others()
                    return 0  # another is at work
                stands = 0
            if cuts != self._cuts:
                return 0  # that was before the server went
            if self._looked and stands > self.position:
                self._on_others()
            self._looked = True
            self.position = stands  # less than before where the server has crashed, or whoever restores moved it
            self._on_moved()
            if not (facts := await self._log.read_log(after=stands, limit=self._batch)):
                return 0
            if stands != self._stands_at:
                self._known.clear()
            self._stands_at = -1  # until this batch is committed
            progress = (stands, facts[-1].position, self._shape)
            await write_held(connection, await self._fold(connection, facts), progress)
        if cuts == self._cuts:
            self._moved_to(facts[-1].position)
        return len(facts)

    def _moved_to(self, position: int) -> None:
        self._stands_at = self.position = position
        self._on_moved()
        self._trim()

    async def rebuild(self) -> int:
        """Empty the tables and fold them again from the first fact, seen at once at the end; return how many facts."""
        async with self._pool.acquire() as pooled, pooled.transaction():
            connection = cast("Connection[Any]", pooled)
            await self._hold(connection)
            return await self._fold_again(connection)

    async def behind(self) -> int:
        """Return of how many facts a program of another version made the rows, and this one has not since."""
        async with self._pool.acquire() as pooled:
            return await pooled.fetchval(_BEHIND, self._shape) or 0

    async def _mend(self) -> None:
        """Fold all rows again where some are of another version's shape; leave it to a person where it takes long."""
        behind = await self.behind()
        if not behind:
            return
        if await self._log.head() > self._by_itself:
            _log.warning("a program of another version made some rows: run rebuild", facts=behind)
            return
        _log.info("a program of another version made some rows: all are folded again", facts=behind)
        async with self._pool.acquire() as pooled, pooled.transaction():
            connection = cast("Connection[Any]", pooled)
            await self._hold(connection)
            if not await connection.fetchval(_BEHIND, self._shape):
                return  # somebody was faster
            position = await self._fold_again(connection)
        self.position = max(self.position, position)
        self._on_moved()

    async def _hold(self, connection: "Connection[Any]") -> None:
        """Let nobody else project until the transaction ends. It is idle while many facts are folded between writes."""
        await connection.execute("SET LOCAL idle_in_transaction_session_timeout = '10min'")
        await connection.execute(_BEGIN, self._shape)
        await connection.execute("SELECT FROM projection_progress WHERE projection = 'all' FOR UPDATE")

    async def _fold_again(self, connection: "Connection[Any]") -> int:
        for _, rows in self._tables:
            await connection.execute(rows.empty)
        self._forget()
        self._all_known = {projection.name for projection, _ in self._tables}
        try:
            position = await self._fold_all(connection)
        finally:
            self._forget()
        await connection.execute(_REBUILT, position, self._shape)
        return position

    async def _fold_all(self, connection: "Connection[Any]") -> int:
        position, limit, unwritten = 0, self._batch, {rows: dict[Keys, Any]() for _, rows in self._tables}
        while facts := await self._log.read_log(after=position, limit=limit):
            position = facts[-1].position
            limit = max(_FEW, min(5 * self._batch, len(facts) * _AT_ONCE_BYTES // max(1, sum(map(size_of, facts)))))
            for rows, changed in await self._fold(connection, facts):
                unwritten[rows] |= changed
            if sum(map(len, unwritten.values())) > self._cached // 2 or self._large_bytes > _MOST_LARGE_BYTES:
                await self._write(connection, unwritten)
        await self._write(connection, unwritten)
        return position

    async def _begin(self, connection: "Connection[Any]") -> bool:
        """Make the progress rows on a new database; return whether this made them."""
        return not (await connection.execute(_BEGIN, self._shape)).endswith(" 0")

    async def _write(self, connection: "Connection[Any]", unwritten: "dict[Rows[Any], dict[Keys, Any]]") -> None:
        """Write rows that many facts have changed once; rows that are not written must stay known until then."""
        for rows, changed in unwritten.items():
            await rows.write(connection, changed)
            changed.clear()
        self._trim()

    async def _fold(
        self, connection: "Connection[Any]", recorded: Sequence[Recorded]
    ) -> "list[tuple[Rows[Any], dict[Keys, Any]]]":
        """Return the rows that these facts change, as they are afterwards."""
        facts = [(one, self._history.recall(one)) for one in recorded]
        self._large_bytes += sum(size for one in recorded if (size := size_of(one)) > _LARGE)
        folded: list[tuple[Rows[Any], dict[Keys, Any]]] = []
        for projection, rows in self._tables:
            touched: dict[Keys, list[tuple[Recorded, Any]]] = {}
            for one, fact in facts:
                for key in projection.keys(fact):
                    touched.setdefault(key, []).append((one, fact))
            if touched:
                known = self._known.setdefault(projection.name, {})
                unknown = [key for key in touched if key not in known]
                if projection.name not in self._all_known:
                    needed = [key for key in unknown if not projection.anew(touched[key][0][1])]
                    known.update(await rows.read(connection, needed))
                    unknown = [key for key in unknown if key not in known]
                known.update(dict.fromkeys(unknown))
                changed = {key: _folded(projection, known[key], key, those) for key, those in touched.items()}
                known.update(changed)
                folded.append((rows, changed))
        return folded

    def _trim(self) -> None:
        """Know no more rows than may be, nor those that so many bytes of large facts may have made large."""
        too_large = self._large_bytes > _MOST_LARGE_BYTES
        for name, known in self._known.items():
            if too_large or len(known) > self._cached:
                known.clear()
                self._all_known.discard(name)
        if too_large:
            self._large_bytes = 0

    def _forget(self) -> None:
        self._known.clear()
        self._large_bytes = 0
        self._all_known.clear()
        self._stands_at = -1
        self._sure_until = 0.0

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


def shape_of(projections: Sequence[Projection[Any]]) -> str:
    """Return a name for what rows of *projections* are made of: their tables' columns."""
    told = sorted([one.table.name, *(column.name for column in one.table.columns)] for one in projections)
    return f"rows:{hashlib.sha256(repr(told).encode()).hexdigest()[:16]}"


_BEGIN = """
    INSERT INTO projection_progress SELECT projection, 0 FROM unnest(ARRAY['all', $1]) AS made (projection)
    WHERE NOT EXISTS (SELECT FROM projection_progress WHERE projection = 'all')
    ON CONFLICT DO NOTHING
"""
_REBUILT = """
    INSERT INTO projection_progress SELECT projection, $1 FROM unnest(ARRAY['all', $2]) AS made (projection)
    ON CONFLICT (projection) DO UPDATE SET position = excluded.position
"""
_BEHIND = """
    SELECT one.position - ours.position FROM projection_progress one, projection_progress ours
    WHERE one.projection = 'all' AND ours.projection = $1
"""
