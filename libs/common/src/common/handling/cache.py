"""Folded states that this process has seen, and one writer at a time per stream in it."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from common.deciders import State
from common.handling.telling import Course
from common.handling.types import Folded
from common.values import value


@value
class Standing(Course[State]):
    """How a stream stood when it was last seen: as it was folded, its version, its last hash, the size of its facts."""

    version: int
    hash: bytes
    size: int


def standing_at(stands: Course[State], version: int, last: bytes, size: int) -> Standing[State]:
    """Return how a stream stands at *version*, whose fact has the hash *last*, after facts of *size* bytes."""
    return Standing(
        state=stands.state, told=stands.told, begun=stands.begun, acted=stands.acted, version=version, hash=last,
        size=size,
    )  # fmt: skip


def folded(stands: Course[State], version: int) -> Folded[State]:
    """Return what is shown of a thing that stands so at *version*."""
    lived = stands.told is not None
    return Folded(state=stands.state, version=version, lived=lived, teller=stands.teller, acted=stands.acted)


class States:
    """The states used last, at most *limit* of them, and folded from no more than *most_bytes* of facts.

    The store checks them by version, so an old one does no harm. Where they are *surely* to be the newest, what was
    committed since is told by ``outdate``.
    """

    def __init__(self, limit: int, *, surely: bool = False, most_bytes: int = 128 * 1024 * 1024) -> None:
        self._limit = limit
        self._most_bytes = most_bytes
        self._known: OrderedDict[str, Standing[Any]] = OrderedDict()
        self._bytes = 0
        self._committed: OrderedDict[str, int] | None = OrderedDict() if surely else None

    def get(self, stream: str) -> Standing[Any] | None:
        """Return how *stream* was last seen."""
        standing = self._known.get(stream)
        if standing is not None:
            self._known.move_to_end(stream)
        return standing

    def keep(self, stream: str, standing: Standing[Any]) -> None:
        """Remember *standing*, unless something newer is known, or known to be."""
        known = self._known.get(stream)
        if known is not None and known.version > standing.version:
            return
        if self._committed is not None and self._committed.get(stream, 0) > standing.version:
            return
        self._bytes += standing.size - (0 if known is None else known.size)
        self._known[stream] = standing
        self._known.move_to_end(stream)
        while len(self._known) > self._limit or self._bytes > self._most_bytes:
            self.forget(next(iter(self._known)))

    def outdate(self, stream: str, version: int) -> None:
        """Learn that *stream* stands at *version* or further: what is older is remembered no more."""
        if self._committed is None:
            return
        if self._committed.get(stream, 0) < version:
            self._committed[stream] = version
            self._committed.move_to_end(stream)
            if len(self._committed) > self._limit:
                self._committed.popitem(last=False)
        known = self._known.get(stream)
        if known is not None and known.version < version:
            self.forget(stream)

    def forget(self, stream: str) -> None:
        """Read *stream* from its beginning next time."""
        if (known := self._known.pop(stream, None)) is not None:
            self._bytes -= known.size

    def forget_all(self, streams: Iterable[str]) -> None:
        """Forget each of *streams*."""
        for stream in streams:
            self.forget(stream)


class Locks:
    """One lock per stream while anybody waits for it: two commands of one process never race for one version."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, stream: str) -> AsyncGenerator[None]:
        """Be the only one of this process at *stream* inside the block."""
        lock, users = self._held.get(stream) or (asyncio.Lock(), 0)
        self._held[stream] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._held[stream]
            if users == 1:
                del self._held[stream]
            else:
                self._held[stream] = (lock, users - 1)
