"""Work put on a deployment by many at once, and how long each piece took."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How long *count* pieces of work took in all, and each of them, in seconds."""

    count: int
    seconds: float
    each: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Pieces of work per second."""
        return self.count / self.seconds

    def percentile(self, percent: float) -> float:
        """The time in milliseconds within which *percent* of the pieces were done (nearest rank)."""
        ordered = sorted(self.each)
        return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] * 1_000


async def put(count: int, at_once: int, work: Callable[[int, int], Awaitable[object]]) -> Taken:
    """Do *work* (number of the piece, number of the worker) *count* times by *at_once* workers."""
    numbers = iter(range(count))
    each: list[float] = []

    async def worker(slot: int) -> None:
        for number in numbers:
            began = perf_counter()
            await work(number, slot)
            each.append(perf_counter() - began)

    began = perf_counter()
    await asyncio.gather(*(worker(slot) for slot in range(at_once)))
    return Taken(count=count, seconds=perf_counter() - began, each=tuple(each))
