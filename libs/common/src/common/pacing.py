"""Work that comes in drops, done in draughts."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from time import monotonic


class Calm:
    """Nobody waits for what some work of this process makes: then it may do more in one go, a little later."""

    def __init__(self) -> None:
        self._broken = asyncio.Event()
        self._waiting = 0
        self._over = False

    @contextmanager
    def broken(self) -> Generator[None]:
        """Break it while somebody waits, inside the block: whoever rests in it goes on at once."""
        self._waiting += 1
        self._broken.set()
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting and not self._over:
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


class Calms:
    """The calm of each work that may be waited for: writing rows, and taking in each of *sources*' facts.

    They are where all such work is done, and known, in this process; ``over`` tells that it is not, or no longer.
    """

    def __init__(self, sources: Iterable[str] = ()) -> None:
        self.rows = Calm()
        self.sources: Mapping[str, Calm] = {source: Calm() for source in sources}
        self.over = False

    def end(self) -> None:
        """Be calm no more, any of them."""
        self.over = True
        for one in (self.rows, *self.sources.values()):
            one.end()


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
        calmly: float = 0.2,
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
