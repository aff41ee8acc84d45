"""Work that comes in drops, done in draughts."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic


class Gathering:
    """Turns with rests between them: what arrives meanwhile is done in one go.

    A rest is as long as the turn before it, at least *shortest* and at most *longest* seconds. The first turn after a
    while comes at once, so that an idle system answers as fast as it can; the busier the machine, the longer a turn
    takes and the more there is for the next, whose transaction and way to the disk then serve many.
    """

    def __init__(
        self,
        shortest: float = 0.02,
        longest: float = 0.1,
        *,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._shortest = shortest
        self._longest = longest
        self._clock = clock
        self._sleep = sleep
        self._began = self._next = clock()

    async def turn(self) -> None:
        """Begin a turn when the rest is over."""
        pause = self._next - self._clock()
        if pause > 0:
            await self._sleep(pause)
        self._began = self._clock()

    def rest(self) -> None:
        """End a turn that did all there was; after one that left something the next comes at once, without a rest."""
        now = self._clock()
        self._next = now + min(self._longest, max(self._shortest, now - self._began))
