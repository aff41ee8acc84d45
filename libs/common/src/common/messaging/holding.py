"""Work that one process at a time does, as long as it holds the lease for it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial

import structlog

from common.messaging.leases import Lease, LeaseLost, Leases

_log = structlog.get_logger(__name__)
_LONGEST_PAUSE = 2.0
_LONG = 10.0


async def keep_holding(leases: Leases, name: str, work: Callable[[Lease], Awaitable[None]]) -> None:
    """Do *work* whenever *name* can be held, until cancelled."""
    await keep_trying(name, partial(_hold_once, leases, name, work), rest=leases.lasts / 4)


async def keep_trying(name: str, once: Callable[[], Awaitable[bool]], *, rest: float) -> None:
    """Do the work *name* again and again, until cancelled; a failure is logged and tried again, ever more slowly.

    When *once* tells that there was nothing to do, it is asked again after *rest* seconds.
    """
    pause = 0.0
    clock = asyncio.get_running_loop().time
    while True:
        began = clock()
        try:
            worked = await once()
        except LeaseLost:
            _log.info("another has taken over", work=name)
            worked = True
        except Exception as error:  # noqa: BLE001 - work that stops for good is worse than work that is tried again
            pause = 0.1 if clock() - began > _LONG else min(_LONGEST_PAUSE, pause * 2 + 0.1)
            _log.warning("work failed; trying again", work=name, error=repr(error), pause=pause)
            await asyncio.sleep(pause)
            continue
        pause = 0.0
        if not worked:
            await asyncio.sleep(rest)


async def _hold_once(leases: Leases, name: str, work: Callable[[Lease], Awaitable[None]]) -> bool:
    """Return whether the lease could be had; when it could, its work has ended."""
    lease = await leases.acquire(name)
    if lease is None:
        return False
    try:
        await first_of(work(lease), _renewing(leases, lease))
    finally:
        with suppress(Exception):  # if this cannot be said, the lease runs out by itself
            await asyncio.shield(leases.release(lease))
    return True


async def _renewing(leases: Leases, lease: Lease) -> None:
    while True:
        await asyncio.sleep(leases.lasts / 3)
        await leases.renew(lease)


async def first_of(*works: Awaitable[None]) -> None:
    """Return when one of *works* ends, with its failure if it failed; the others are cancelled."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end(tasks)


async def end(tasks: Iterable[asyncio.Future[None]]) -> None:
    """Cancel *tasks* until each has ended: ``asyncio.wait_for`` may lose a cancellation before Python 3.12."""
    ended, pending = set[asyncio.Future[None]](), set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        done, pending = await asyncio.wait(pending, timeout=1)
        ended |= done
    await asyncio.gather(*ended, return_exceptions=True)
