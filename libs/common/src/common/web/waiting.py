"""Reading what one wrote: a request names the positions it has seen and how long it will wait for them."""

import asyncio
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from time import monotonic

from starlette.requests import ClientDisconnect, Request
from starlette.types import Scope

from common.web.client import client_of
from common.web.crowd import Crowd, TooManyWaiting
from common.web.headers import listed
from common.web.problems import Malformed
from common.web.runtime import Progress

_POSITION = re.compile(r"([a-z][a-z0-9-]{0,63})\s*=\s*(\d{1,18})", re.ASCII)
_LONGEST = 30
_A_LOOK = 0.1  # seconds
_HOLDS, _UNTIL = "acuerdo.holds", "acuerdo.until"


async def wait(request: Request) -> None:
    """Hold the request until the positions it names are visible here, for as long as it prefers.

    The answer to a read says how far the service's own log had come with what it made of them, so that whoever reads
    on elsewhere waits for that too.
    """
    after = listed(request.scope, b"acuerdo-after")
    if after is None:
        return
    seen, seconds = positions(after), preferred(listed(request.scope, b"prefer") or "")
    if not seconds:
        return
    progress: Progress = request.app.state.runtime.progress
    reads, cuts = request.method in {"GET", "HEAD"}, progress.cuts()
    until = request.scope.setdefault(_UNTIL, monotonic() + seconds)
    reached = await _waited(request, progress, seen, until)
    headers = request.scope.setdefault("acuerdo.headers", [])
    headers.append(("preference-applied", f"wait={seconds}"))
    if None in reached:
        headers.append(("acuerdo-waited", "timeout"))
    elif reads:
        request.scope[_HOLDS] = lambda: progress.cuts() == cuts
    made = max((at for at in reached if at), default=0)
    if made and reads:  # a write says its own position, which is later
        headers.append(("acuerdo-position", f"{request.app.state.runtime.service}={made}"))


async def _waited(request: Request, progress: Progress, seen: Mapping[str, int], until: float) -> list[int | None]:
    """Return what was reached; where too many wait already, only who need not wait goes on."""
    crowd: Crowd = request.app.state.crowd
    try:
        with crowd.waits(request.scope["acuerdo.caller"].company), _asked_for(request.scope):
            return await _all_reached(progress, seen, until)
    except TooManyWaiting:
        reached = await _all_reached(progress, seen, min(until, monotonic() + _A_LOOK))
        if None in reached:
            raise
        return reached


@contextmanager
def _asked_for(scope: Scope) -> Generator[None]:
    """End the block when nobody asks any more. Raises ``ClientDisconnect`` then."""
    client, task = client_of(scope), asyncio.current_task()
    if client is None or task is None:
        yield
        return
    client.when_gone = task.cancel
    try:
        if client.gone.is_set():
            raise ClientDisconnect
        yield
    except asyncio.CancelledError:
        if not client.gone.is_set():
            raise
        task.uncancel()
        raise ClientDisconnect from None
    finally:
        client.when_gone = None


def still_there(scope: Scope) -> bool:
    """Tell whether what the request waited for can not have gone since: as long as the database was there."""
    return _HOLDS not in scope or scope[_HOLDS]()


def release(scope: Scope) -> None:
    """Let the request be answered, whatever has gone."""
    scope.pop(_HOLDS, None)


def forget(scope: Scope) -> None:
    """Let the request begin anew, as if it had not waited yet; the time that it would wait goes on."""
    scope.pop("acuerdo.headers", None)


async def _all_reached(progress: Progress, seen: Mapping[str, int], until: float) -> list[int | None]:
    """Return what each of the positions *seen* was reached with, all *until* then."""
    reached = list[int | None]()
    for service, at in seen.items():
        reached.append(await progress.reached(service, at, max(0.0, until - monotonic())))
    return reached


def preferred(header: str) -> int:
    """Return how many seconds ``Prefer`` allows for waiting: none unless it says so, never more than thirty."""
    for part in header.replace(";", ",").split(","):
        name, _, told = part.partition("=")
        seconds = told.strip().strip('"')
        if name.strip().lower() == "wait" and seconds.isascii() and seconds.isdigit():
            digits = seconds.lstrip("0")
            return min(int(digits or 0), _LONGEST) if len(digits) <= len(str(_LONGEST)) else _LONGEST
    return 0


def positions(header: str) -> dict[str, int]:
    """Return the positions that ``Acuerdo-After`` names, by service. Raises ``Malformed``."""
    seen: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in header.split(","))):
        found = _POSITION.fullmatch(part)
        if found is None:
            raise Malformed("Acuerdo-After reads <service>=<position>, separated by commas")
        seen[found[1]] = max(int(found[2]), seen.get(found[1], 0))
    return seen
