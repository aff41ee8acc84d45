"""Being told to end, once: the command tidies up then, and whoever tells it again does not break that off."""

import asyncio
import math
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

_TOLD_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def heed() -> None:
    """From here on the first Ctrl-C, wish to end or lost terminal is a ``KeyboardInterrupt``, and others are nothing.

    What whoever started us ignores for us, as nohup does, stays ignored.
    """
    for told in _TOLD_BY:
        if signal.getsignal(told) is not signal.SIG_IGN:
            signal.signal(told, _interrupt)


@contextmanager
def put_off() -> Generator[None]:
    """Let nothing interrupt the block. Whoever wishes to is heard after it: raises ``KeyboardInterrupt`` then."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is interrupted
        return
    wishes = list[int]()
    heeded = {told: does for told in _TOLD_BY if (does := signal.getsignal(told)) not in (signal.SIG_IGN, None)}
    for told in heeded:
        signal.signal(told, lambda told, _: wishes.append(told))
    try:
        yield
    finally:
        for told, does in heeded.items():
            signal.signal(told, does)
    if wishes:
        raise KeyboardInterrupt


def heed_no_more() -> None:
    """From here on nothing is begun any more, and the end is near."""
    for told in _TOLD_BY:
        signal.signal(told, signal.SIG_IGN)


def _interrupt(*_: object) -> None:
    for told in _TOLD_BY:
        if signal.getsignal(told) is _interrupt:
            signal.signal(told, _told_already)
    whole = _whole_work()
    if whole is None:
        raise KeyboardInterrupt
    whole.add_done_callback(_end)
    whole.cancel()
    whole.get_loop().call_soon_threadsafe(lambda: None)  # which wakes the loop


def _whole_work() -> asyncio.Task[Any] | None:
    """What the loop that runs was given to run, if one runs: the first of its tasks.

    As asyncio does after Ctrl-C, that one alone is cancelled, and tidies up after the others. Were all of them, as when
    a ``KeyboardInterrupt`` comes out of a loop, a program that is just being started would be waited for in vain.
    """
    try:
        tasks = asyncio.all_tasks()
    except RuntimeError:
        return None
    return min(tasks, key=_place, default=None)


def _place(task: asyncio.Task[Any]) -> float:
    number = task.get_name().removeprefix("Task-")  # as one is called that nobody gave a name
    return int(number) if number.isdecimal() else math.inf


def _end(whole: asyncio.Task[Any]) -> None:
    if not whole.cancelled():
        whole.exception()  # or asyncio would print that nobody asked for it
    raise KeyboardInterrupt


def _told_already(*_: object) -> None:
    """Do nothing, in this process alone: a signal that is ignored would be ignored by whatever it starts, too."""
