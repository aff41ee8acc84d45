"""How far a service's rows follow its facts, and its facts those of others: for requests that wait, and for health."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping

import msgspec
from asyncpg import Pool, Record

from common.messaging.shares import POSITIONS
from common.running.waking import Tidings
from common.values import value

_READ = f"""
    SELECT coalesce((SELECT max(position) FROM events), 0) AS head,
           coalesce((SELECT position FROM projection_progress WHERE projection = 'all'), 0) AS projected,
           coalesce((SELECT position FROM checkpoints WHERE name = 'relay'), 0) AS published,
           (SELECT json_object_agg(source, position) FROM ({POSITIONS}) AS s) AS taken_in,
           (SELECT count(*) FROM waiting_messages WHERE state IN ('retrying', 'behind')) AS waiting,
           (SELECT count(*) FROM waiting_messages WHERE state = 'dead') AS dead
"""
_BUSY, _QUIET = 0.012, 0.05
"""Seconds between looks while things go on, and at most when nothing does."""
_TOLD = 0.25
"""Seconds between looks while workers tell of what is waited for."""
_FRESH = 1.0
"""Seconds for which a worker that told of something is taken to tell of it on."""
_HEAD, _PROJECTED = "", "rows"
"""How far the log and the rows go, beside the names of sources."""


@value
class Standing:
    """The log's last position, and those its rows and publishing follow; up to where each source's facts are taken in.

    ``waiting`` and ``dead``: how many messages are.
    """

    head: int
    projected: int
    published: int
    taken_in: dict[str, int]
    waiting: int
    dead: int

    def took_in(self, source: str) -> int:
        """Return up to where all of *source*'s facts are taken in."""
        return self.taken_in.get(source, 0)

    def lag(self) -> dict[str, int]:
        """Return how many facts are not yet in rows and not yet published, and how many messages are not handled."""
        return {
            "projections": self.head - self.projected,
            "relay": max(0, self.head - self.published),
            "waiting_messages": self.waiting,
            "dead_letters": self.dead,
        }


@value
class _Wait:
    """Somebody waits until *what* has come to *position*, or until *vain* says that it will not."""

    what: str
    position: int
    vain: Callable[[], bool]
    over: "asyncio.Future[None]"


class Seen:
    """What is visible in a service: its own facts in its rows, what it makes of facts that it follows, and their rows.

    What workers tell is known at once; what they do not tell, or what is lost, is found by looking, which all who wait
    share. *outward* tells whether this service's facts can get out now: what it makes of its own comes back by that
    way, as does what workers tell.
    """

    def __init__(
        self,
        pool: "Pool[Record]",
        service: str,
        follows: Iterable[str] = (),
        outward: Callable[[], bool] = lambda: True,
    ) -> None:
        self._pool = pool
        self._service = service
        self._follows = frozenset(follows)
        self._outward = outward
        self._known: dict[str, int] = {}
        self._told_at: dict[str, float] = {}
        self._waits: set[_Wait] = set()
        self._looking: asyncio.Task[None] | None = None
        self._looked_at = 0.0
        self._pause = _BUSY
        self._clock = time.monotonic

    async def standing(self) -> Standing:
        """Return how far everything has come now."""
        row = await self._pool.fetchrow(_READ)
        read = dict(row or {})
        read["taken_in"] = msgspec.json.decode(read["taken_in"] or "{}")
        return msgspec.convert(read, Standing)

    def added(self, position: int) -> None:
        """Learn that the log has come to *position*."""
        self._learn({_HEAD: position})

    def hear(self, tidings: Tidings) -> None:
        """Learn what a worker tells."""
        told = {_PROJECTED: tidings.projected} if tidings.projected else {}
        told |= tidings.taken_in
        self._told_at |= dict.fromkeys(told, self._clock())
        self._learn({_HEAD: max(tidings.made, tidings.projected)} | told)

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
                    await self._until(_PROJECTED, position)
                return await self._made_of(service, position) if service in self._follows else 0
        except TimeoutError:
            return None

    async def _was_never_given_out(self, position: int) -> bool:
        """Tell whether the log, which is one for all of us, has not come to *position*."""
        if self._known.get(_HEAD, 0) >= position:
            return False
        self._found(await self.standing())
        return self._known[_HEAD] < position

    async def _made_of(self, service: str, position: int) -> int | None:
        own = service == self._service
        await self._until(service, position, lambda: own and not self._outward())
        if self._known.get(service, 0) < position:
            return None  # nobody is kept waiting for NATS to see what was written in this very service
        made = self._known.get(_HEAD, 0)
        await self._until(_PROJECTED, made)
        return made

    async def _until(self, what: str, position: int, vain: Callable[[], bool] = lambda: False) -> None:
        if self._known.get(what, 0) >= position:
            return
        wait = _Wait(what=what, position=position, vain=vain, over=asyncio.get_running_loop().create_future())
        self._waits.add(wait)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            await wait.over
        finally:
            self._waits.discard(wait)

    async def _look(self) -> None:
        """Look as often as it takes until nobody waits."""
        while self._waits:
            if (pause := self._looked_at + self._rest() - self._clock()) > 0:
                await asyncio.sleep(min(pause, self._pause))  # who comes meanwhile may not be told
                continue
            try:
                self._found(await self.standing())
            except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
                self._fail(error)
            self._looked_at = self._clock()

    def _rest(self) -> float:
        """Return the seconds between two looks: many only if all that is waited for is told of."""
        told_since = self._clock() - _FRESH
        told = self._outward() and all(self._told_at.get(one.what, 0.0) > told_since for one in self._waits)
        return _TOLD if told else self._pause

    def _found(self, now: Standing) -> None:
        stood = dict(self._known)
        self._learn({_HEAD: now.head, _PROJECTED: now.projected, **now.taken_in})
        self._pause = _BUSY if self._known != stood else min(_QUIET, self._pause * 1.5)

    def _learn(self, known: Mapping[str, int]) -> None:
        """Know that everything has come at least so far: what is once visible stays so."""
        for what, position in known.items():
            self._known[what] = max(position, self._known.get(what, 0))
        for one in self._waits:
            if not one.over.done() and (self._known.get(one.what, 0) >= one.position or one.vain()):
                one.over.set_result(None)

    def _fail(self, error: Exception) -> None:
        for one in self._waits:
            if not one.over.done():
                one.over.set_exception(error)
