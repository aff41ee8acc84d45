"""Work put on a deployment by many at once, and how long each piece took."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import chain, count
from statistics import median
from time import perf_counter

Work = Callable[[int, int], Awaitable[object]]
"""One piece of work: its number, and the number of who does it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How long pieces of work took in all, and each of them, in seconds."""

    seconds: float
    each: tuple[float, ...]

    @property
    def count(self) -> int:
        """How many pieces there were."""
        return len(self.each)

    @property
    def rate(self) -> float:
        """Pieces of work per second."""
        return self.count / self.seconds

    def percentile(self, percent: float) -> float:
        """The time in milliseconds within which *percent* of the pieces were done (nearest rank)."""
        ordered = sorted(self.each)
        return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] * 1_000


def together(rounds: Sequence[Taken]) -> Taken:
    """Return all *rounds* as one."""
    return Taken(seconds=sum(one.seconds for one in rounds), each=tuple(chain(*(one.each for one in rounds))))


def typical(rounds: Sequence[Taken]) -> float:
    """Return the median of the rounds' rates: one in which the machine was busy with something else is no matter."""
    return median(one.rate for one in rounds)


async def put(pieces: int, at_once: int, work: Work) -> Taken:
    """Do *work* as often as there are *pieces*, *at_once* at a time."""
    numbers = iter(range(pieces))
    return await _workers(at_once, work, lambda: next(numbers, None))


async def keep_on(seconds: float, at_once: int, work: Work) -> Taken:
    """Begin *work* again and again for *seconds*, *at_once* at a time; what was begun is finished and counted."""
    numbers, end = count(), perf_counter() + seconds
    return await _workers(at_once, work, lambda: next(numbers) if perf_counter() < end else None)


async def pace(seconds: float, per_second: float, work: Work) -> Taken:
    """Begin *work* so often *per_second* for *seconds*, however long each piece takes."""
    each: list[float] = []
    began = perf_counter()

    async def piece(number: int) -> None:
        await asyncio.sleep(began + number / per_second - perf_counter())
        start = perf_counter()
        await work(number, number)
        each.append(perf_counter() - start)

    await asyncio.gather(*(piece(number) for number in range(max(1, round(seconds * per_second)))))
    return Taken(seconds=perf_counter() - began, each=tuple(each))


async def _workers(at_once: int, work: Work, next_number: Callable[[], int | None]) -> Taken:
    each: list[float] = []

    async def worker(slot: int) -> None:
        while (number := next_number()) is not None:
            start = perf_counter()
            await work(number, slot)
            each.append(perf_counter() - start)

    began = perf_counter()
    await asyncio.gather(*(worker(slot) for slot in range(at_once)))
    return Taken(seconds=perf_counter() - began, each=tuple(each))
