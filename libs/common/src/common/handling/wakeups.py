"""Things that wanted to look at the clock again, woken when their time has come."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from common.eventstore.recorded import Context, Store
from common.handling.types import Handle
from common.history import History
from common.refusals import Refusal
from common.values import Rule

_log = structlog.get_logger(__name__)
_LATER = timedelta(seconds=30)
_SOME = 100


class Wakeups:
    """Puts each due thing's ``tick`` to it. Any number may run and share the work: each takes what no other has.

    What a tick brings about happens once, by version. A tick that is refused or brings nothing, and what a process had
    taken that died, is tried again after half a minute.
    """

    def __init__(
        self,
        store: Store,
        handle: Handle,
        history: History,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
        every: float = 1.0,
    ) -> None:
        self._store = store
        self._handle = handle
        self._history = history
        self._clock = clock
        self._new_id = new_id
        self._every = every

    async def run(self) -> None:
        """Wake what is due until cancelled; a failure is logged and tried again. Nothing to do where nothing ticks."""
        while any(kind.tick for kind in self._history.kinds.values()):
            try:
                while await self.step() == _SOME:
                    pass
            except Exception:  # noqa: BLE001 - reminders that stop for good are worse than late ones
                _log.exception("waking failed; trying again")
                await asyncio.sleep(1)
            await asyncio.sleep(self._every)

    async def step(self) -> int:
        """Wake some of what is due now and nobody else wakes; return how many things."""
        now = self._clock()
        claimed = await self._store.claim(now=now, until=now + _LATER, limit=_SOME)
        for stream, _ in claimed:
            await self._wake(stream, now)
        return len(claimed)

    async def _wake(self, stream: str, now: datetime) -> None:
        kind = self._history.kind_of(stream)
        if kind.tick is None:
            return
        context = Context(actor=Rule(rule=f"clock:{kind.name}"), correlation=self._new_id())
        try:
            await self._handle(kind, stream.removeprefix(f"{kind.name}-"), kind.tick(now), context=context)
        except Refusal as refusal:
            _log.warning("a wake-up was refused", stream=stream, refusal=type(refusal).__name__)
        except Exception:  # noqa: BLE001 - one thing that cannot be woken keeps no other asleep
            _log.exception("a wake-up failed", stream=stream)
