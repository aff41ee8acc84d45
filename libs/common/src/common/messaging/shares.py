"""A source's facts shared out among all who follow it: any number of workers, and nobody tells them how many.

What happens to one thing must be taken in in order, so a share is a range of the keys that streams are of: all facts
with a key are of one share. A share is a row that says who holds it, in which epoch, and up to where its facts are
taken in; what a holder writes moves that row, so that one that was frozen while another took over can change nothing
when it resumes. Who follows says so from time to time; who has more than an even part lets go of the rest, who has less
takes what is free. The clock is the database's own.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast
from zlib import crc32

from asyncpg import Connection, Pool, Record

from common.eventstore.recorded import Effect, OneStatement, WithAppend
from common.messaging.keeping import Kept
from common.messaging.leases import LeaseLost
from common.values import replace, value

SPACE = 1024
"""Keys are spread over so many places; no more workers can have a part of one source."""

_OLDER = "inbox:{}"
"""What the lease and the checkpoint were called before facts were shared out: held by one for all keys."""

_FOLLOW = """
    INSERT INTO inbox_followers (source, holder, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3))
    ON CONFLICT (source, holder) DO UPDATE SET expires_at = excluded.expires_at
"""
_FORGET = "DELETE FROM inbox_followers WHERE source = $1 AND (holder = $2 OR expires_at < now() - interval '1 hour')"
_OTHERS = "SELECT count(*) FROM inbox_followers WHERE source = $1 AND holder <> $2 AND expires_at > now()"
_ALL = "SELECT lo, hi, epoch, position, read_at, expires_at <= now() AS free FROM inbox_shares WHERE source = $1"
_TAKE = """
    UPDATE inbox_shares
    SET holder = $4, epoch = nextval('inbox_epochs'), expires_at = now() + make_interval(secs => $5)
    WHERE source = $1 AND lo = $2 AND epoch = $3 AND expires_at <= now()
"""
_FREE = """
    UPDATE inbox_shares SET holder = '', epoch = nextval('inbox_epochs'), expires_at = now()
    WHERE source = $1 AND (lo, epoch) IN (SELECT * FROM unnest($2::integer[], $3::bigint[]))
"""
_CUT = """
    WITH kept AS (UPDATE inbox_shares SET hi = $4 WHERE source = $1 AND lo = $2 AND epoch = $3 RETURNING *)
    INSERT INTO inbox_shares (source, lo, hi, holder, epoch, expires_at, position, read_at)
    SELECT source, $4, $5, '', nextval('inbox_epochs'), now(), position, read_at FROM kept
"""
_DROP = "DELETE FROM inbox_shares WHERE source = $1 AND lo = $2 AND epoch = $3"
_GROW = "UPDATE inbox_shares SET hi = $4, read_at = $5 WHERE source = $1 AND lo = $2 AND epoch = $3"
_KEEP = f"""
    WITH me AS ({_FOLLOW}),
         mine AS (SELECT * FROM unnest($4::integer[], $5::bigint[]) AS of (lo, epoch)),
         kept AS (
             UPDATE inbox_shares AS s SET expires_at = now() + make_interval(secs => $3)
             FROM mine WHERE s.source = $1 AND s.lo = mine.lo AND s.epoch = mine.epoch RETURNING s.lo
         )
    SELECT (SELECT count(*) FROM kept) AS kept, ({_OTHERS}) AS others,
           EXISTS (SELECT FROM inbox_shares WHERE source = $1 AND expires_at <= now() AND lo <> ALL($4)) AS free
"""
_STAND = """
    UPDATE inbox_shares SET position = greatest(position, $4), read_at = coalesce($5, read_at)
    WHERE source = $1 AND (lo, epoch) IN (SELECT * FROM unnest($2::integer[], $3::bigint[]))
"""
_STAND_SOON = f"""
    WITH soon AS (SELECT set_config('synchronous_commit', 'off', true)) {_STAND} AND EXISTS (SELECT FROM soon)
"""
_OURS = """
    SELECT lo FROM inbox_shares WHERE source = $1 AND (lo, epoch) IN (SELECT * FROM unnest($2::integer[], $3::bigint[]))
"""
_STILL_HELD, _HOLD = f"{_OURS} FOR SHARE", f"{_OURS} FOR UPDATE"
POSITIONS = "SELECT source, min(position) AS position FROM inbox_shares GROUP BY source"
"""Up to where all facts of each source are taken in."""
_END_OLDER = """
    INSERT INTO leases AS l (name, holder, epoch, expires_at) VALUES ($1, '', 1, now() + interval '100 years')
    ON CONFLICT (name) DO UPDATE SET holder = '', epoch = l.epoch + 1, expires_at = excluded.expires_at
"""
_BEGIN = """
    INSERT INTO inbox_shares (source, lo, hi, holder, epoch, expires_at, position)
    VALUES ($1, 0, $2, '', nextval('inbox_epochs'), now(),
            coalesce((SELECT position FROM checkpoints WHERE name = $3), 0))
    ON CONFLICT DO NOTHING
"""
_TELL_OLDER = """
    UPDATE checkpoints SET position = (SELECT min(position) FROM inbox_shares WHERE source = $1)
    WHERE name = $2 AND position < (SELECT min(position) FROM inbox_shares WHERE source = $1)
"""


def place_of(stream: str) -> int:
    """Return where in the space of keys *stream* is: ``case-<id>`` and ``loop-<id>`` are in one place."""
    return crc32((stream.partition("-")[2] or stream).encode()) % SPACE


@value
class Share:
    """The keys from ``lo`` to before ``hi`` in this ``epoch``; their facts are taken in up to ``position``.

    ``read_at``: every fact of theirs after it came to NATS at that time or later; None when nothing is known.
    """

    lo: int
    hi: int
    epoch: int
    position: int
    read_at: datetime | None = None

    @property
    def width(self) -> int:
        """Return how much of the space it is."""
        return self.hi - self.lo


class Held:
    """The *shares* of *source* that are ours to take in, and proof of it. There is at least one."""

    def __init__(self, source: str, shares: Sequence[Share]) -> None:
        self.source = source
        self.shares = shares
        self._proof = _proof(shares)
        self._claim = (source, *self._proof)

    @property
    def position(self) -> int:
        """Return up to where all of it is taken in."""
        return min(one.position for one in self.shares)

    @property
    def whole(self) -> bool:
        """Tell whether all keys are ours."""
        return _width(self.shares) == SPACE

    @property
    def read_at(self) -> datetime | None:
        """Return since when to read: what is not taken in came later. None: from the beginning."""
        known = [one.read_at for one in self.shares if one.read_at is not None]
        return min(known) if len(known) == len(self.shares) else None

    def has(self, stream: str) -> bool:
        """Tell whether *stream* is ours."""
        place = place_of(stream)
        return any(one.lo <= place < one.hi for one in self.shares)

    def awaits(self, stream: str, position: int) -> bool:
        """Tell whether the fact at *position* in *stream* is ours and was not taken in."""
        if self.shares[0].width == SPACE:
            return position > self.shares[0].position
        place = place_of(stream)
        return any(one.lo <= place < one.hi and position > one.position for one in self.shares)

    def standing_at(self, position: int, read_at: datetime | None) -> Effect:
        """Return the effect that all of it is taken in up to *position*, or raises ``LeaseLost``."""

        async def stand(connection: "Connection[Any]") -> None:
            self._ensure(await connection.execute(_STAND, *self._claim, position, read_at) == self._all_changed)

        return WithAppend(
            function="append_taken_in",
            arguments=(*self._claim, position, read_at),
            alone=stand,
            refusals={"AC001": lambda: LeaseLost(self.source)},
        )

    def standing_with(self, position: int, read_at: datetime | None, kept: Kept) -> Effect:
        """Return the effect that all of it is taken in up to *position*, with what was *kept* of it, or the refusal."""
        return self._held_and(_STAND, (*self._claim, position, read_at), kept)

    def keeping(self, kept: Kept) -> Effect:
        """Return the effect that what was *kept* is written while all of it is ours, or raises ``LeaseLost``."""
        return self._held_and(None, self._claim, kept)

    def _held_and(self, stand: str | None, arguments: tuple[Any, ...], kept: Kept) -> OneStatement:
        all_ours = f"(SELECT count(*) = {len(self.shares)} FROM held)"
        statements, more = kept.writing(len(arguments) + 1, all_ours)
        stood = () if stand is None else (f"{stand} AND {all_ours}",)
        parts = ", ".join(f"done_{n} AS ({one})" for n, one in enumerate((*stood, *statements)))
        sql = f"WITH held AS MATERIALIZED ({_HOLD}), {parts} SELECT {all_ours}"
        return OneStatement(sql=sql, arguments=(*arguments, *more), ensure=self._ensure)

    async def stand_soon(self, pool: "Pool[Record]", position: int, read_at: datetime | None) -> None:
        """Pass by what is not ours up to *position*, or raise ``LeaseLost``; undone by a crash, it is done again."""
        self._ensure(await pool.execute(_STAND_SOON, *self._claim, position, read_at) == self._all_changed)

    async def fence(self, connection: "Connection[Any]") -> None:
        """Let nobody take any of it over before this transaction ends, or raise ``LeaseLost``."""
        self._ensure(len(await connection.fetch(_STILL_HELD, *self._claim)) == len(self.shares))

    def stands_at(self, position: int) -> None:
        """Learn that what was to be taken in up to *position* is committed."""
        self.shares = [replace(one, position=max(position, one.position)) for one in self.shares]

    @property
    def _all_changed(self) -> str:
        """What the database says when it has changed all shares that we hold."""
        return f"UPDATE {len(self.shares)}"

    def _ensure(self, all_ours: bool) -> None:
        if not all_ours:
            raise LeaseLost(self.source)


class Shares:
    """Takes an even part of *source*'s facts as one holder, keeps it and gives it back.

    A silent holder is waited for *lasts* seconds.
    """

    def __init__(self, pool: "Pool[Record]", source: str, holder: str, *, lasts: float) -> None:
        self._pool = pool
        self._source = source
        self._holder = holder
        self._older = _OLDER.format(source)
        self.lasts = lasts

    async def take(self, held: Sequence[Share] = ()) -> Sequence[Share]:
        """Return what is ours from now on, having had *held*: an even part, or what of it there is to have."""
        await self._do(_FOLLOW, self.lasts)
        everything = await self._read()
        if not everything:
            await self._begin()
            everything = await self._read()
        ours = {(one.lo, one.epoch) for one in held}
        mine = [one for one, _ in everything if (one.lo, one.epoch) in ours]
        even = await self._even()
        if _width(mine) > even:
            mine = await self._let_go(mine, _width(mine) - even)
        elif _width(mine) < even:
            free = [one for one, expired in everything if expired and one not in mine]
            mine += await self._pick_up(free, even - _width(mine))
        return await self._joined(mine)

    async def keep(self, held: Sequence[Share]) -> None:
        """Keep *held* until there is something to take or to let go, or raise ``LeaseLost``."""
        proof = _proof(held)
        while True:
            await asyncio.sleep(self.lasts / 3)
            row = await self._pool.fetchrow(_KEEP, self._source, self._holder, self.lasts, *proof, timeout=self.lasts)
            said = cast("Record", row)
            if said["kept"] != len(held):
                raise LeaseLost(self._source)
            await self._pool.execute(_TELL_OLDER, self._source, self._older, timeout=self.lasts)
            even = _part(said["others"])
            if _width(held) > even or (_width(held) < even and said["free"]):
                return

    async def release(self, held: Sequence[Share]) -> None:
        """Let others take *held* over at once; we follow no longer."""
        await self._do(_FORGET)
        await self._pool.execute(_TELL_OLDER, self._source, self._older, timeout=self.lasts)
        if held:
            await self._free(held)

    async def _even(self) -> int:
        return _part(await self._pool.fetchval(_OTHERS, self._source, self._holder, timeout=self.lasts))

    async def _read(self) -> Sequence[tuple[Share, bool]]:
        """Return all shares, each with whether anybody may have it, the smallest first."""
        rows = [dict(row) for row in await self._pool.fetch(_ALL, self._source, timeout=self.lasts)]
        shares = [(row.pop("free"), Share(**row)) for row in rows]
        return [(share, free) for free, share in sorted(shares, key=lambda one: one[1].width)]

    async def _begin(self) -> None:
        """Make one share of everything that begins where the version before stands, which is stopped first."""
        await self._pool.execute(_END_OLDER, self._older, timeout=self.lasts)
        await self._pool.execute(_BEGIN, self._source, SPACE, self._older, timeout=self.lasts)

    async def _let_go(self, mine: Sequence[Share], excess: int) -> list[Share]:
        """Give up *excess* of *mine*, whole shares first; return what is left."""
        left: list[Share] = []
        for one in mine:
            if one.width <= excess:
                excess -= one.width
                await self._free([one])
            elif excess:
                left.append(await self._cut(one, one.hi - excess))
                excess = 0
            else:
                left.append(one)
        return left

    async def _cut(self, one: Share, at: int) -> Share:
        changed = await self._pool.execute(_CUT, self._source, one.lo, one.epoch, at, one.hi, timeout=self.lasts)
        if changed != "INSERT 0 1":
            raise LeaseLost(self._source)
        return replace(one, hi=at)

    async def _pick_up(self, free: Iterable[Share], needed: int) -> list[Share]:
        """Take of *free* until *needed* is had; return what we could have."""
        taken: list[Share] = []
        for one in free:
            if needed <= 0:
                break
            changed = await self._pool.execute(
                _TAKE, self._source, one.lo, one.epoch, self._holder, self.lasts, timeout=self.lasts
            )
            if changed == "UPDATE 1":
                taken.append(one)
                needed -= one.width
        if not taken:
            return []
        lows = {one.lo for one in taken}
        return [share for share, _ in await self._read() if share.lo in lows]

    async def _joined(self, mine: Sequence[Share]) -> Sequence[Share]:
        """Make one share of those that lie side by side and stand at the same place."""
        joined: list[Share] = []
        for one in sorted(mine, key=lambda share: share.lo):
            last = joined[-1] if joined else None
            if last is not None and (last.hi, last.position) == (one.lo, one.position):
                joined[-1] = await self._join(last, one)
            else:
                joined.append(one)
        return joined

    async def _join(self, left: Share, right: Share) -> Share:
        read_at = min(left.read_at, right.read_at) if left.read_at and right.read_at else None
        async with self._pool.acquire(timeout=self.lasts) as connection, connection.transaction():
            for statement, one, more in ((_DROP, right, ()), (_GROW, left, (right.hi, read_at))):
                said = await connection.execute(statement, self._source, one.lo, one.epoch, *more, timeout=self.lasts)
                if not said.endswith(" 1"):
                    raise LeaseLost(self._source)
        return replace(left, hi=right.hi, read_at=read_at)

    async def _free(self, shares: Sequence[Share]) -> None:
        await self._pool.execute(_FREE, self._source, *_proof(shares), timeout=self.lasts)

    async def _do(self, statement: str, *arguments: object) -> None:
        await self._pool.execute(statement, self._source, self._holder, *arguments, timeout=self.lasts)


async def positions(pool: "Pool[Record]") -> dict[str, int]:
    """Return up to where all facts of each source are taken in."""
    return {row["source"]: row["position"] for row in await pool.fetch(POSITIONS)}


def _proof(shares: Sequence[Share]) -> tuple[list[int], list[int]]:
    """Return what tells *shares* from those that others held before or hold since: where they begin, and the epochs."""
    return [one.lo for one in shares], [one.epoch for one in shares]


def _width(shares: Iterable[Share]) -> int:
    return sum(one.width for one in shares)


def _part(others: int) -> int:
    """Return an even part of the space among *others* and us, rounded up so that nothing is left over."""
    return -(-SPACE // (others + 1))
