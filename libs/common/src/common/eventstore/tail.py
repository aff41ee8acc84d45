"""The end of a log, for all of a process that follow it: what it appended itself is not read again."""

import asyncio
from collections.abc import Callable, Sequence

from common.eventstore.postgres import PostgresStore
from common.eventstore.recorded import Recorded, size_of

_MOST, _MOST_BYTES, _MOST_EARLY = 1_000, 8 * 1024 * 1024, 100


class Tail:
    """The log of *store* for its projector and its relay: what it appends here, or one of them has read, is remembered.

    What is remembered has no holes and ends where the process itself appended last, or later. That another process has
    added facts has to be told by ``forget``; whoever has come to the end of what is remembered looks into the database
    all the same. *on_read* is told the stream and version of each fact that is read there.
    """

    def __init__(self, store: PostgresStore, on_read: Callable[[str, int], None] | None = None) -> None:
        self._store = store
        self._on_read = on_read
        self._facts: list[Recorded] = []
        self._bytes = 0
        self._early: dict[int, Sequence[Recorded]] = {}
        self._reading: asyncio.Task[Sequence[Recorded]] | None = None
        store.on_facts = self._add

    async def head(self) -> int:
        """Return the position of the last committed fact, 0 when there is none."""
        return await self._store.head()

    async def read_log(self, *, after: int, limit: int) -> Sequence[Recorded]:
        """Return the service's facts above position *after*, in order, without gaps."""
        if facts := self._remembered(after, limit):
            return facts
        while self._reading is not None and not self._reading.done():
            await asyncio.wait([self._reading])
        if facts := self._remembered(after, limit):
            return facts
        reading = self._reading = asyncio.create_task(self._store.read_log(after=after, limit=limit))
        facts = await reading
        if self._on_read is not None:
            for fact in facts:
                self._on_read(fact.stream, fact.version)
        if reading is self._reading:  # nobody said meanwhile that there is more
            self._add(facts)
        return facts

    def forget(self) -> None:
        """Another process has added facts: what is remembered, or being read, may lack them."""
        self._facts, self._bytes, self._reading = [], 0, None
        self._early.clear()

    def _remembered(self, after: int, limit: int) -> Sequence[Recorded]:
        if not self._facts or self._facts[-1].position < self._store.last:
            return ()
        skipped = after + 1 - self._facts[0].position
        return self._facts[skipped : skipped + limit] if skipped >= 0 else ()

    def _add(self, facts: Sequence[Recorded]) -> None:
        """Remember *facts*, without holes, behind those that are there; commits may become known in any order."""
        if not facts:
            return
        if self._facts:
            self._early[facts[0].position] = facts
        else:
            self._put(facts)
        while self._early and (first := min(self._early)) <= (end := self._facts[-1].position) + 1:
            self._put([one for one in self._early.pop(first) if one.position > end])
        if len(self._early) > _MOST_EARLY:
            self._early.clear()  # what comes between is another process's
        self._trim()

    def _put(self, facts: Sequence[Recorded]) -> None:
        self._facts += facts
        self._bytes += sum(map(size_of, facts))

    def _trim(self) -> None:
        """Remember the last alone, as many as may be."""
        dropped = max(0, len(self._facts) - _MOST)
        self._bytes -= sum(map(size_of, self._facts[:dropped]))
        while self._bytes > _MOST_BYTES:
            self._bytes -= size_of(self._facts[dropped])
            dropped += 1
        del self._facts[:dropped]
