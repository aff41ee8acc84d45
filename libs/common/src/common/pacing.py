"""Work that comes in drops, done in draughts."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic


class Calm:
    """Nobody waits for anything that this process does: then it may do more in one go, a little later."""

    def __init__(self) -> None:
        self._broken = asyncio.Event()
        self._over = False

    def somebody_waits(self) -> None:
        """Break the calm: whoever rests in it goes on."""
        self._broken.set()

    def nobody_waits(self) -> None:
        """Be calm again, unless that is over."""
        if not self._over:
            self._broken.clear()

    def end(self) -> None:
        """Be calm no more: others may wait, in another process."""
        self._over = True
        self._broken.set()

    async def last(self, seconds: float) -> None:
        """Return after *seconds*, or when it is broken."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._broken.wait()


class Gathering:
    """Turns with rests between them: what arrives meanwhile is done in one go.

    A rest is as long as the turn before it, at least *shortest* and at most *longest* seconds; in a *calm* it goes on
    until it has lasted *calmly*. The first turn after a while comes at once, so that an idle system answers as fast as
    it can; the busier the machine, the longer a turn takes and the more there is for the next, whose transaction and
    way to the disk then serve many.
    """

    def __init__(
        self,
        shortest: float = 0.02,
        longest: float = 0.1,
        *,
        calm: Calm | None = None,
        calmly: float = 0.05,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._shortest = shortest
        self._longest = longest
        self._calm = calm
        self._calmly = calmly
        self._clock = clock
        self._sleep = sleep
        self._began = self._next = self._calm_until = clock()

    async def turn(self) -> None:
        """Begin a turn when the rest is over."""
        pause = self._next - self._clock()
        if pause > 0:
            await self._sleep(pause)
        if self._calm is not None and (left := self._calm_until - self._clock()) > 0:
            await self._calm.last(left)
        self._began = self._clock()

    def rest(self) -> None:
        """End a turn that did all there was; after one that left something the next comes at once, without a rest."""
        now = self._clock()
        self._next = now + min(self._longest, max(self._shortest, now - self._began))
        self._calm_until = now + self._calmly
