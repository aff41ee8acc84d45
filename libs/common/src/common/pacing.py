"""Work that comes in drops, done in draughts."""

import asyncio


class Gathering:
    """Turns that come at least *every* seconds apart: what arrives meanwhile is done in one go.

    The first turn after a rest comes at once, so that an idle system answers as fast as it can; under load a
    transaction, with its way to the disk, serves many.
    """

    def __init__(self, every: float = 0.01) -> None:
        self._every = every
        self._next = 0.0
        self._clock = asyncio.get_running_loop().time

    async def turn(self) -> None:
        """Return when the next turn has come."""
        pause = self._next - self._clock()
        if pause > 0:
            await asyncio.sleep(pause)
        self._next = self._clock() + self._every
