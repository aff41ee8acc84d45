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


class Wakeups:
    """Puts each due thing's ``tick`` to it. Any number may run: what a tick brings about happens once, by version.

    A tick that is refused or brings nothing is not repeated by this process before half a minute has passed.
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
        self._not_before: dict[str, datetime] = {}

    async def run(self) -> None:
        """Wake what is due until cancelled; a failure is logged and tried again. Nothing to do where nothing ticks."""
        while any(kind.tick for kind in self._history.kinds.values()):
            try:
                await self.step()
            except Exception:  # noqa: BLE001 - reminders that stop for good are worse than late ones
                _log.exception("waking failed; trying again")
                await asyncio.sleep(1)
            await asyncio.sleep(self._every)

    async def step(self) -> int:
        """Wake everything that is due now; return how many things."""
        now = self._clock()
        self._not_before = {stream: at for stream, at in self._not_before.items() if at > now}
        due = await self._store.due(now=now, limit=500)
        ready = [stream for stream, _ in due if stream not in self._not_before]
        for stream in ready:
            await self._wake(stream, now)
        return len(ready)

    async def _wake(self, stream: str, now: datetime) -> None:
        kind = self._history.kind_of(stream)
        if kind.tick is None:
            return
        context = Context(actor=Rule(rule=f"clock:{kind.name}"), correlation=self._new_id())
        try:
            handled = await self._handle(kind, stream.removeprefix(f"{kind.name}-"), kind.tick(now), context=context)
        except Refusal as refusal:
            _log.warning("a wake-up was refused", stream=stream, refusal=type(refusal).__name__)
            self._not_before[stream] = now + _LATER
            return
        if not handled.facts:
            self._not_before[stream] = now + _LATER
