"""The store on PostgreSQL: concurrent appends gather into one commit, and positions commit in order."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar, cast

from asyncpg import Connection, DataError, Pool, PostgresError, Record

from common.eventstore.away import AWAY
from common.eventstore.chain import link, read_actor, write_actor
from common.eventstore.recorded import (
    AlreadyAsked,
    Answered,
    Append,
    Appended,
    Effect,
    NewFact,
    Once,
    OneStatement,
    Recorded,
    Stale,
    WithAppend,
)
from common.refusals import Unavailable
from common.telemetry import metrics
from common.telemetry.traces import SpanKind, begun, current

_APPEND = "append_counted_facts"
COLUMNS = (
    "position, stream, version, event_id, name, schema, data, at, recorded_at, actor, agreement_id, correlation, "
    "causation, imported, performed_by, trace, published, hash, previous, confided"
)
_READ = f"""
    SELECT asked.n, {COLUMNS} FROM unnest($1::text[], $2::integer[]) WITH ORDINALITY AS asked (wanted, above, n)
    JOIN events ON stream = wanted AND version > above ORDER BY asked.n, version
"""
_READ_PART = f"""
    SELECT {COLUMNS} FROM events
    WHERE stream = $1 AND version > $2 AND ($3::timestamptz IS NULL OR recorded_at <= $3) ORDER BY version LIMIT $4
"""
_CLAIM = """
    WITH taken AS (SELECT stream, due FROM wakeups WHERE due <= $1 ORDER BY due LIMIT $3 FOR UPDATE SKIP LOCKED),
         moved AS (UPDATE wakeups SET due = $2 FROM taken WHERE wakeups.stream = taken.stream)
    SELECT stream, due FROM taken ORDER BY due, stream
"""
_CANNOT_BE = "AC002"  # raised by functions that append with something else
_OUT_OF_REACH = (OSError, *AWAY)
_CLIENT = SpanKind.CLIENT
_READ_PATIENCE = 30.0  # seconds: a connection that died without a word keeps nobody for ever

T = TypeVar("T")

Waiting = tuple[Append, "asyncio.Future[Appended]"]
Reading = tuple[str, int, "asyncio.Future[Sequence[Recorded]]"]


class PostgresStore:
    """Facts in one service's database.

    ``on_append`` is told the highest position of every commit, before that ``on_commit`` each stream's version and
    ``on_facts``, if there is one, the facts, and ``on_lost`` each stream of which it is not known whether it was
    appended to; ``last`` is the highest position so far. At most *queue* appends wait for their commit; beyond that an
    append is refused as ``Unavailable`` rather than kept in memory.
    """

    def __init__(
        self,
        pool: "Pool[Record]",
        *,
        clock: Callable[[], datetime],
        on_append: Callable[[int], None] | None = None,
        gather: int = 400,
        queue: int = 5_000,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._on_append = on_append or _nobody
        self.on_commit: Callable[[str, int], None] = _nothing
        self.on_lost: Callable[[str], None] = _nothing
        self.on_facts: Callable[[Sequence[Recorded]], None] | None = None
        self._gather = gather
        self._queue = queue
        self._waiting: list[Waiting] = []
        self._committing: asyncio.Task[None] | None = None
        self._reads: list[Reading] = []
        self._reading: asyncio.Task[None] | None = None
        self._secret: bytes | None = None
        self.last = 0

    async def read(
        self, stream: str, *, after: int = 0, until: datetime | None = None, limit: int | None = None
    ) -> Sequence[Recorded]:
        """Return the stream's facts above version *after*, recorded until *until*, in order, at most *limit*."""
        if until is not None or limit is not None:
            rows = await self._pool.fetch(_READ_PART, stream, after, until, limit)
            return [recorded_of(row) for row in rows]
        future: asyncio.Future[Sequence[Recorded]] = asyncio.get_running_loop().create_future()
        self._reads.append((stream, after, future))
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_gathered())
        return await future

    async def read_log(self, *, after: int, limit: int) -> Sequence[Recorded]:
        """Return the service's facts above position *after*, in order, without gaps."""
        rows = await self._pool.fetch(
            f"SELECT {COLUMNS} FROM events WHERE position > $1 ORDER BY position LIMIT $2", after, limit,
            timeout=_READ_PATIENCE,
        )  # fmt: skip
        return [recorded_of(row) for row in rows]

    async def head(self) -> int:
        """Return the position of the last committed fact, 0 when there is none."""
        return await self._pool.fetchval("SELECT coalesce(max(position), 0) FROM events")

    async def answered(self, keys: Sequence[str]) -> Mapping[str, Answered]:
        """Return what was answered under those of *keys* that are taken."""
        rows = await self._pool.fetch(
            "SELECT key, fingerprint, status, answer, version, position FROM idempotency WHERE key = ANY($1::text[])",
            list(keys),
        )
        return {
            row["key"]: Answered(
                fingerprint=row["fingerprint"],
                status=row["status"],
                answer=row["answer"],
                version=row["version"],
                position=row["position"],
            )
            for row in rows
        }

    async def secret(self) -> bytes:
        """Return the random bytes that were made with this service's tables."""
        if self._secret is None:
            self._secret = cast("bytes", await self._pool.fetchval("SELECT secret FROM own_secret"))
        return self._secret

    async def claim(self, *, now: datetime, until: datetime, limit: int) -> Sequence[tuple[str, datetime]]:
        """Take streams whose wake-up time has come; they are due again at *until*. Who asks meanwhile gets others."""
        return [(row["stream"], row["due"]) for row in await self._pool.fetch(_CLAIM, now, until, limit)]

    async def append(self, append: Append) -> Appended:
        """Put the facts into the log with the next commit; see ``Store.append``."""
        if len(self._waiting) >= self._queue:
            raise Unavailable("too many writes wait for their commit")
        future: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        if work := begun("append facts", _CLIENT, current()):
            work.tell(db__system__name="postgresql", acuerdo__stream=append.stream)
            future.add_done_callback(work.end)
        self._waiting.append((append, future))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_gathered())
        return await future

    async def append_together(self, appends: Sequence[Append], effects: Sequence[Effect] = ()) -> Sequence[Appended]:
        """Put all *appends* and *effects* into one transaction, or nothing; see ``Store.append_together``."""
        if not appends and not effects:
            return ()
        only = effects[0] if len(effects) == 1 else None
        try:
            if isinstance(only, WithAppend) and appends:
                outcomes = await self._append_with(only, appends)
            elif isinstance(only, OneStatement) and not appends:
                outcomes = await self._do_alone(only)
            else:
                outcomes = await self._append_after(effects, appends)
        except _OUT_OF_REACH as error:
            raise Unavailable("the database cannot be reached") from error
        for append, outcome in zip(appends, outcomes, strict=True):
            self._stands(append, outcome)
        stands = [outcome for outcome in outcomes if isinstance(outcome, Appended)]
        self._tell(stands)
        return stands

    async def _append_after(self, effects: Sequence[Effect], appends: Sequence[Append]) -> list[Appended | Exception]:
        async with self._pool.acquire() as pooled, pooled.transaction():
            connection = cast("Connection[Any]", pooled)
            for effect in effects:
                await effect(connection)
            outcomes = await self._call(connection, _APPEND, (), appends, True)
            for outcome in outcomes:
                if isinstance(outcome, Exception):
                    raise outcome
            return outcomes

    async def _do_alone(self, effect: OneStatement) -> list[Appended | Exception]:
        async with self._pool.acquire() as connection:
            await effect(cast("Connection[Any]", connection))
        return []

    async def _append_with(self, effect: WithAppend, appends: Sequence[Append]) -> list[Appended | Exception]:
        try:
            return await self._call(self._pool, effect.function, effect.arguments, appends)
        except PostgresError as error:
            if error.sqlstate == _CANNOT_BE:
                refused = AlreadyAsked if error.hint == "2" else Stale
                raise refused(appends[int(error.detail or 1) - 1].stream) from error
            if refusal := effect.refusals.get(error.sqlstate or ""):
                raise refusal() from error
            raise

    async def drain(self) -> None:
        """Return when every append that was waiting has its answer."""
        while self._committing is not None:
            await asyncio.wait([self._committing])

    async def _read_gathered(self) -> None:
        """Read for all who asked in the same moment with one query, and meanwhile let others gather."""
        try:
            while self._reads:
                asked, self._reads = self._reads[: self._gather], self._reads[self._gather :]
                await self._read_for(asked)
        finally:
            self._reading = None

    async def _read_for(self, asked: Sequence[Reading]) -> None:
        streams, versions = [one for one, _, _ in asked], [after for _, after, _ in asked]
        try:
            rows = await self._pool.fetch(_READ, streams, versions, timeout=_READ_PATIENCE)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            if isinstance(error, DataError) and len(asked) > 1:  # one of them asks for what cannot be
                for one in asked:
                    await self._read_for([one])
                return
            for _, _, future in asked:
                _put(future, error)
            return
        found: list[list[Record]] = [[] for _ in asked]
        for row in rows:
            found[row[0] - 1].append(row)
        for (_, _, future), facts in zip(asked, found, strict=True):
            try:
                _put(future, [recorded_of(row[1:]) for row in facts])
            except Exception as error:  # noqa: BLE001 - what cannot be read is a matter of its own stream
                _put(future, error)

    async def _commit_gathered(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._gather], self._waiting[self._gather :]
                await self._commit(batch)
        finally:
            self._committing = None

    async def _commit(self, batch: list[Waiting]) -> None:
        try:
            async with self._pool.acquire() as connection:
                appends = [append for append, _ in batch]
                outcomes = await self._call(cast("Connection[Any]", connection), _APPEND, (), appends, False)
        except _OUT_OF_REACH as error:
            for append, _ in batch:
                self.on_lost(append.stream)
            _fail(batch, Unavailable("the database cannot be reached"), error)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it; one bad append must not hang the rest
            await self._one_by_one(batch, error)
        else:
            for (append, future), outcome in zip(batch, outcomes, strict=True):
                self._stands(append, outcome)
                _put(future, outcome)
            self._tell([outcome for outcome in outcomes if isinstance(outcome, Appended)])

    async def _one_by_one(self, batch: list[Waiting], error: Exception) -> None:
        """Give each its own transaction, so that what the database refuses fails only its own command."""
        if len(batch) == 1:
            _put(batch[0][1], error)
            return
        for waiting in batch:
            await self._commit([waiting])

    async def _call(
        self,
        connection: "Connection[Any] | Pool[Record]",
        function: str,
        before: Sequence[Any],
        appends: Sequence[Append],
        *after: object,
    ) -> list[Appended | Exception]:
        if not appends:
            return []
        columns, chains = _columns(appends)
        given = (*before, *columns, self._clock(), *after)
        with metrics.APPEND_SECONDS.time():
            rows = await connection.fetch(_calling(function, len(given)), *given)
        return [
            _outcome(row["outcome"], append, chain, row["position"], told=self.on_facts is not None)
            for append, chain, row in zip(appends, chains, rows, strict=True)
        ]

    def _stands(self, append: Append, outcome: Appended | Exception) -> None:
        if append.facts and isinstance(outcome, Appended):
            self.on_commit(append.stream, outcome.version)

    def _tell(self, stands: Sequence[Appended]) -> None:
        if top := max((one.position for one in stands), default=0):
            self.last = max(self.last, top)
            if self.on_facts is not None:
                self.on_facts([fact for one in sorted(stands, key=_position) for fact in one.facts])
            self._on_append(top)


def _outcome(code: int, append: Append, chain: Sequence[bytes], position: int, *, told: bool) -> Appended | Exception:
    if code == 1:
        return Stale(append.stream)
    if code == 2:
        return AlreadyAsked(append.stream)
    facts = tuple(_recorded(append, chain, position)) if told else ()
    return Appended(version=append.expected + len(append.facts), hash=chain[-1], position=position, facts=facts)


def _recorded(append: Append, chain: Sequence[bytes], position: int) -> Iterable[Recorded]:
    """Return the facts of *append* as the log holds them, the last at *position*."""
    first = position - len(append.facts) + 1
    for n, fact in enumerate(append.facts):
        context = fact.context
        yield Recorded(
            first + n, append.stream, append.expected + 1 + n, fact.event_id, fact.name, fact.schema, fact.data,
            fact.at.astimezone(UTC), fact.recorded_at.astimezone(UTC), context.actor, fact.agreement_id,
            context.correlation, context.causation, context.imported, context.performed_by, context.trace,
            fact.published, chain[n + 1], chain[n], fact.confided,
        )  # fmt: skip


def _position(one: Appended) -> int:
    return one.position


@cache
def _calling(function: str, given: int) -> str:
    """Return the statement that calls *function* with so many arguments."""
    return f"SELECT append, outcome, position FROM {function}({', '.join(f'${n}' for n in range(1, given + 1))})"


def _columns(appends: Sequence[Append]) -> tuple[list[list[Any]], list[list[bytes]]]:
    """Return the arguments of ``append_counted_facts`` column by column, and each stream's hashes from where it was."""
    a: list[tuple[Any, ...]] = []
    o: list[tuple[Any, ...]] = []
    f: list[tuple[Any, ...]] = []
    chains: list[list[bytes]] = []
    for n, append in enumerate(appends, start=1):
        a.append((append.stream, append.expected, len(append.facts), append.due, append.moves_due))
        o.extend(_once_row(n, append, once) for once in append.onces)
        chain = [append.previous]
        for version, fact in enumerate(append.facts, start=append.expected + 1):
            row = _fact_row(n, append.stream, version, fact, chain[-1])
            chain.append(row[-3])
            f.append(row)
        chains.append(chain)
    return [*_turn(a, 5), *_turn(o, 7), *_turn(f, 19)], chains


def _once_row(n: int, append: Append, once: Once) -> tuple[Any, ...]:
    version = append.expected + len(append.facts) if once.version is None else once.version
    fact = version if append.facts and version > append.expected else 0
    return (n, once.key, once.fingerprint, once.status, once.answer, version, fact)


def _fact_row(n: int, stream: str, version: int, fact: NewFact, previous: bytes) -> tuple[Any, ...]:
    context = fact.context
    actor = write_actor(context.actor)
    tip = link(
        previous, stream, version, fact.event_id, fact.name, fact.schema, fact.data, fact.at, fact.recorded_at, actor,
        fact.agreement_id, context.correlation, context.causation, context.imported, context.performed_by,
    )  # fmt: skip
    return (
        n, version, fact.event_id, fact.name, fact.schema, fact.data.decode(), fact.at, fact.recorded_at, actor,
        fact.agreement_id, context.correlation, context.causation, context.imported, context.performed_by,
        context.trace, fact.published, tip, previous, None if fact.confided is None else fact.confided.decode(),
    )  # fmt: skip


def _turn(rows: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def recorded_of(row: Iterable[Any]) -> Recorded:
    """Return the fact that *row* of ``COLUMNS`` holds."""
    (
        position, stream, version, event_id, name, schema, data, at, recorded_at, actor, agreement_id, correlation,
        causation, imported, performed_by, trace, published, tip, previous, confided,
    ) = row  # fmt: skip
    return Recorded(
        position, stream, version, event_id, name, schema, data.encode(), at, recorded_at, read_actor(actor),
        agreement_id, correlation, causation, imported, performed_by, trace, published, tip, previous,
        None if confided is None else confided.encode(),
    )  # fmt: skip


def _put(future: "asyncio.Future[T]", outcome: T | Exception) -> None:
    if future.done():  # the caller went away; its facts stand all the same
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


def _fail(batch: list[Waiting], refusal: Exception, cause: Exception) -> None:
    refusal.__cause__ = cause
    for _, future in batch:
        _put(future, refusal)


def _nobody(_: int) -> None:
    """Nobody listens."""


def _nothing(*_: object) -> None:
    """Nobody remembers how streams stand."""
