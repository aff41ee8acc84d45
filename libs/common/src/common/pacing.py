"""Work that comes in drops, done in draughts."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from time import monotonic

_BEFORE_WHAT_FOLLOWS, _UNSEEN = 0.05, 0.2
"""Seconds within which hardly anybody does a thing and the next that needs it; and that rows may be old."""


class Calm:
    """Nobody waits for what some work of this process makes: then it may do more in one go, *length* seconds later."""

    def __init__(self, length: float = 0.05) -> None:
        self.length = length
        self._broken = asyncio.Event()
        self._waiting = 0
        self.over = False

    @contextmanager
    def broken(self) -> Generator[None]:
        """Break it while somebody waits, inside the block: whoever rests in it goes on at once."""
        self._waiting += 1
        self._broken.set()
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting and not self.over:
                self._broken.clear()

    def end(self) -> None:
        """Be calm no more: others may wait, in another process."""
        self.over = True
        self._broken.set()

    async def last(self, seconds: float) -> None:
        """Return after *seconds*, or when it is broken."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._broken.wait()


class Calms:
    """The calm of the two kinds of work that may be waited for: taking in others' facts, and writing rows.

    All sources have one calm: what follows from another source's fact shall not be taken in before it, and would be if
    each rested for itself. They are where all such work is done, and known, in this process.
    """

    def __init__(self) -> None:
        self.taking_in = Calm(_BEFORE_WHAT_FOLLOWS)
        self.rows = Calm(_UNSEEN)

    @property
    def over(self) -> bool:
        """Tell whether all of it is done or known elsewhere too."""
        return self.rows.over

    def end(self) -> None:
        """Be calm no more."""
        self.taking_in.end()
        self.rows.end()


class Gathering:
    """Turns with rests between them: what arrives meanwhile is done in one go.

    A rest is as long as the turn before it, at least *shortest* and at most *longest* seconds; in a *calm* it lasts as
    long as that says. The first turn after a while comes at once, so that an idle system answers as fast as
    it can; the busier the machine, the longer a turn takes and the more there is for the next, whose transaction and
    way to the disk then serve many.
    """

    def __init__(
        self,
        shortest: float = 0.02,
        longest: float = 0.1,
        *,
        calm: Calm | None = None,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._shortest = shortest
        self._longest = longest
        self._calm = calm
        self._clock = clock
        self._sleep = sleep
        self._began = self._next = self._calm_until = clock()

    async def turn(self, *, soon: bool = False) -> None:
        """Begin a turn when the rest is over; where it shall be *soon*, though it is calm."""
        pause = self._next - self._clock()
        if pause > 0:
            await self._sleep(pause)
        if not soon and self._calm is not None and (left := self._calm_until - self._clock()) > 0:
            await self._calm.last(left)
        self._began = self._clock()

    def rest(self) -> None:
        """End a turn that did all there was; after one that left something the next comes at once, without a rest."""
        now = self._clock()
        self._next = now + min(self._longest, max(self._shortest, now - self._began))
        self._calm_until = now if self._calm is None else now + self._calm.length
