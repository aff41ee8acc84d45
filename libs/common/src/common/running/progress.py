"""How far a service's rows follow its facts, and its facts those of others: for requests that wait, and for health."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

import msgspec
from asyncpg import Pool, Record

from common.eventstore.postgres import PostgresStore
from common.messaging.shares import POSITIONS
from common.messaging.waiting import PARKED
from common.pacing import Calm, Calms
from common.telemetry.metrics import FACTS_OF
from common.values import value

T = TypeVar("T")

_READ = f"""
    SELECT coalesce((SELECT max(position) FROM events), 0) AS head,
           coalesce((SELECT position FROM projection_progress WHERE projection = 'all'), 0) AS projected,
           coalesce((SELECT position FROM checkpoints WHERE name = 'relay'), 0) AS published,
           (SELECT json_object_agg(source, position) FROM ({POSITIONS}) AS s) AS taken_in,
           (SELECT json_object_agg(source, position) FROM ({PARKED}) AS s) AS parked,
           (SELECT count(*) FROM waiting_messages WHERE state IN ('retrying', 'behind')) AS waiting,
           (SELECT count(*) FROM waiting_messages WHERE state = 'dead') AS dead
"""
_BUSY, _QUIET, _ALONE = 0.012, 0.05, 0.25
"""Seconds between looks while things go on, and at most when nothing does; before one where it would find no more."""


@value
class Standing:
    """The log's last position, and those its rows and publishing follow; up to where each source's facts are taken in.

    ``parked``: where its first fact is that has just been put to wait. ``waiting`` and ``dead``: how many messages are.
    """

    head: int
    projected: int
    published: int
    taken_in: dict[str, int]
    parked: dict[str, int]
    waiting: int
    dead: int

    def took_in(self, source: str) -> int:
        """Return up to where all of *source*'s facts are taken in, and none of them has just been put to wait."""
        taken_in = self.taken_in.get(source, 0)
        return min(taken_in, self.parked.get(source, taken_in + 1) - 1)

    def lag(self) -> dict[str, int]:
        """Return how many facts are not yet in rows and not yet published, and how many messages are not handled."""
        return {
            "projections": self.head - self.projected,
            "relay": max(0, self.head - self.published),
            "waiting_messages": self.waiting,
            "dead_letters": self.dead,
        }


class Here(Protocol):
    """What this very process knows of how far it has come, without asking the database; others may be further."""

    @property
    def works(self) -> bool:
        """Tell whether it takes in facts and writes rows itself."""
        ...

    def appended(self) -> int:
        """Return the position of the last fact that it appended."""
        ...

    def projected(self) -> int:
        """Return up to where the rows follow, as far as it knows."""
        ...

    def made_of(self, source: str, position: int) -> int | None:
        """Return a position of our own log that holds what was made of *source*'s fact; None if it made it not."""
        ...

    def takes_in_all(self, source: str) -> bool:
        """Tell whether nobody else takes in facts of *source*."""
        ...

    def behind(self) -> Mapping[str, int]:
        """Return of how many facts of each source it knows that it has not taken in."""
        ...


class Elsewhere:
    """The process takes in nothing and writes no rows: another does. At most it appends to *store*."""

    works = False

    def __init__(self, store: PostgresStore | None = None) -> None:
        self._store = store

    def appended(self) -> int:
        """Return the position of the last fact that it appended."""
        return self._store.last if self._store else 0

    def projected(self) -> int:
        """Return that nothing is known."""
        return 0

    def made_of(self, source: str, position: int) -> int | None:  # noqa: ARG002 - the protocol's
        """Return that it is not known."""
        return None

    def takes_in_all(self, source: str) -> bool:  # noqa: ARG002 - the protocol's
        """Return that others do."""
        return False

    def behind(self) -> Mapping[str, int]:
        """Return that nothing is known."""
        return {}


Check = Callable[[Standing | None], T | None]
"""Finds something in a look at the database, or, without one, in what is known here; None when it is not there yet."""


class Seen:
    """What is visible in a service: its own facts in its rows, what it makes of facts that it follows, and their rows.

    *outward* tells whether this service's facts can get out now: what it makes of its own comes back by that way.
    Where the process does a worker's part as well, it knows itself how far it is (*here*), says so by ``stir``, and the
    database is asked only for what other processes may have done meanwhile. Whoever waits breaks the calm of what they
    wait for.
    """

    def __init__(
        self,
        pool: "Pool[Record]",
        service: str,
        follows: Iterable[str] = (),
        outward: Callable[[], bool] = lambda: True,
        here: Here | None = None,
        calms: Calms | None = None,
    ) -> None:
        self._pool = pool
        self._service = service
        self._follows = frozenset(follows)
        self._outward = outward
        self._here = here or Elsewhere()
        self._calms = calms or _none()
        self._waiting: dict[asyncio.Future[Any], tuple[Check[Any], float]] = {}  # and when to look for it
        self._looking: asyncio.Task[None] | None = None
        self._latest: Standing | None = None
        self._pause = _BUSY
        self._next_at = 0.0
        self._ending = False
        self._cuts = 0
        self._clock = time.monotonic

    def behind(self) -> dict[str, int]:
        """Return of how many facts of each source this process knows that it has not taken in, by ``facts_of_<it>``."""
        return {FACTS_OF + source.replace("-", "_"): count for source, count in self._here.behind().items()}

    async def standing(self) -> Standing:
        """Return how far everything has come now."""
        row = await self._pool.fetchrow(_READ)
        read = dict(row or {})
        for what in ("taken_in", "parked"):
            read[what] = msgspec.json.decode(read[what] or "{}")
        return msgspec.convert(read, Standing)

    async def reached(self, service: str, position: int, timeout: float) -> int | None:  # noqa: ASYNC109 - the caller's wish
        """Wait until *position* of *service* is visible here, at most *timeout* seconds; None when it is not.

        Returned is the position of this service's own log that holds what it made of those facts; 0 when it follows
        them not, so that there was nothing to make.
        """
        if service != self._service and service not in self._follows:
            return 0
        if service == self._service and await self._was_never_given_out(position):
            return None
        try:
            async with asyncio.timeout(timeout):
                if service == self._service:
                    await self._until(self._in_rows(position), self._calms.rows, self._patience())
                return await self._made_of(service, position) if service in self._follows else 0
        except TimeoutError:
            return None

    def cut(self) -> None:
        """A connection to the database ended: all do when its server crashes, and rows may be taken back."""
        self._cuts += 1

    def cuts(self) -> int:
        """Return how often that was."""
        return self._cuts

    def let_go(self) -> None:
        """The process ends: whoever waits, or comes to wait, is told that it was in vain."""
        self._ending = True
        for future in self._waiting:
            if not future.done():
                future.set_exception(TimeoutError())

    def stir(self) -> None:
        """This process has come further: whoever waited for that goes on."""
        self._go_on(None)

    async def _was_never_given_out(self, position: int) -> bool:
        """Tell whether the log, which is one for all of us, has not come to *position*."""
        if position <= max(self._here.appended(), self._latest.head if self._latest else 0):
            return False
        self._latest = await self.standing()
        return self._latest.head < position

    async def _made_of(self, service: str, position: int) -> int | None:
        own = service == self._service

        def made(standing: Standing | None) -> int | None:
            known = self._here.made_of(service, position)
            if known is None and standing is not None:
                if standing.took_in(service) >= position:
                    return standing.head
                if own and not self._outward():
                    return -1
            return known

        there = await self._until(made, self._calms.taking_in, self._patience(service))
        if there < 0:
            return None  # nobody is kept waiting for NATS to see what was written in this very service
        await self._until(self._in_rows(there), self._calms.rows, self._patience())
        return there

    def _in_rows(self, position: int) -> Check[int]:
        def check(standing: Standing | None) -> int | None:
            projected = self._here.projected() if standing is None else standing.projected
            return projected if projected >= position else None

        return check

    async def _until(self, check: Check[T], calm: Calm, patience: float) -> T:
        known = check(None)
        if known is not None:
            return known
        if self._ending:
            raise TimeoutError
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting[future] = (check, self._clock() + patience)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_on())
        try:
            with calm.broken():
                return await future
        finally:
            self._waiting.pop(future, None)

    def _go_on(self, standing: Standing | None) -> None:
        for future, (check, _) in list(self._waiting.items()):
            if not future.done() and (found := check(standing)) is not None:
                future.set_result(found)

    async def _look_on(self) -> None:
        """Look, one look for all who wait, until nobody does."""
        try:
            while self._waiting:
                pause = max(self._next_at, min(look_at for _, look_at in self._waiting.values())) - self._clock()
                if pause > 0:
                    await asyncio.sleep(min(pause, _QUIET))  # who comes meanwhile may have less patience
                    continue
                self._go_on(await self._look())
                await asyncio.sleep(0)  # those who were answered are gone then
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            for future in self._waiting:
                if not future.done():
                    future.set_exception(error)
        finally:
            self._looking = None

    def _patience(self, source: str | None = None) -> float:
        """Return the seconds after which what was not heard of here may have come about elsewhere all the same."""
        if not self._here.works:
            return 0.0
        only_here = source is None or (self._outward() and self._here.takes_in_all(source))
        return _ALONE if only_here and not self._calms.over else _QUIET

    async def _look(self) -> Standing:
        before, self._latest = self._latest, await self.standing()
        self._pause = _BUSY if self._latest != before else min(_QUIET, self._pause * 1.5)
        self._next_at = self._clock() + self._pause
        return self._latest


def _none() -> Calms:
    calms = Calms()
    calms.end()
    return calms
