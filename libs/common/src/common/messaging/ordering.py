"""Messages put back into the order of their source's log, whatever order and however often they come."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Placed(msgspec.Struct, Generic[T], frozen=True):
    """Something at *position* of a log that comes right after the published fact at *previous*."""

    position: int
    previous: int
    what: T


class Ordering(Generic[T]):
    """What came too early is held until what is before it came; at most *room* things are held."""

    def __init__(self, room: int = 2_000) -> None:
        self._room = room
        self._held: dict[int, Placed[T]] = {}

    def put(self, placed: Placed[T]) -> None:
        """Hold *placed*; one that came again replaces the one held."""
        self._held[placed.position] = placed

    def take(self, after: int, limit: int) -> Sequence[Placed[T]]:
        """Return and hold no longer what follows *after* without a gap, at most *limit* things."""
        ready: list[Placed[T]] = []
        for position in sorted(self._held):
            placed = self._held[position]
            if placed.previous > after or len(ready) == limit:
                break
            ready.append(self._held.pop(position))
            after = max(after, position)
        return ready

    def overflow(self) -> Sequence[Placed[T]]:
        """Return and hold no longer the latest things when more are held than there is room for."""
        if len(self._held) <= self._room:
            return []
        return [self._held.pop(position) for position in sorted(self._held)[self._room // 2 :]]

    def __len__(self) -> int:
        """Return how many things are held."""
        return len(self._held)


class Missing:
    """When to ask a source for what does not come: not at once, and ever more seldom."""

    def __init__(self, first: float = 1.0, longest: float = 30.0) -> None:
        self._first = first
        self._longest = longest
        self._stuck_at: int | None = None
        self._pause = first
        self._ask_at = 0.0

    def due(self, position: int, now: float, *, missing: bool) -> bool:
        """Tell whether to ask now, being stuck at *position* if *missing*."""
        if not missing:
            self._stuck_at = None
            return False
        if self._stuck_at != position:
            self._stuck_at, self._pause, self._ask_at = position, self._first, now + self._first
            return False
        if now < self._ask_at:
            return False
        self._pause = min(self._longest, self._pause * 2)
        self._ask_at = now + self._pause
        return True
