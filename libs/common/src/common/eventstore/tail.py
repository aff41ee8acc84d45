"""The end of a log, read once for all of a process that follow it."""

import asyncio
from collections.abc import Callable, Sequence

from common.eventstore.postgres import PostgresStore
from common.eventstore.recorded import Recorded


class Tail:
    """The log of *store* for its projector and its relay: what one of them has just read is not read for the other.

    What is remembered ends where the process itself appended last, or later. That another process has added facts has
    to be told by ``forget``; whoever has come to the end of what is remembered looks into the database all the same.
    *on_read* is told each fact's stream and version when it is read.
    """

    def __init__(self, store: PostgresStore, on_read: Callable[[str, int], None] | None = None) -> None:
        self._store = store
        self._on_read = on_read
        self._facts: Sequence[Recorded] = ()
        self._reading: asyncio.Task[Sequence[Recorded]] | None = None

    async def head(self) -> int:
        """Return the position of the last committed fact, 0 when there is none."""
        return await self._store.head()

    async def read_log(self, *, after: int, limit: int) -> Sequence[Recorded]:
        """Return the service's facts above position *after*, in order, without gaps."""
        while self._reading is not None and not self._reading.done():
            await asyncio.wait([self._reading])
        if facts := self._remembered(after):
            return facts[:limit]
        reading = self._reading = asyncio.create_task(self._store.read_log(after=after, limit=limit))
        facts = await reading
        if self._on_read is not None:
            for fact in facts:
                self._on_read(fact.stream, fact.version)
        if reading is self._reading:  # nobody said meanwhile that there is more
            self._facts = facts
        return facts

    def forget(self) -> None:
        """Another process has added facts: what is remembered, or being read, may lack them."""
        self._facts, self._reading = (), None

    def _remembered(self, after: int) -> Sequence[Recorded]:
        if not self._facts or self._facts[-1].position < self._store.last:
            return ()
        skipped = after + 1 - self._facts[0].position
        return self._facts[skipped:] if skipped >= 0 else ()
