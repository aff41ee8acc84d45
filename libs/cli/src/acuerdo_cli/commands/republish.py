"""acuerdo republish: what is on NATS is made again from PostgreSQL."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Annotated, Any

import asyncpg
import typer
from asyncpg import Connection

from acuerdo_cli import databases
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.services import NAMES, known
from common.messaging import republishing

_LAST = "SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1"


class NoPlace(CommandFailed):
    """Where to begin cannot be read, or nothing is there."""


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo republish --service touchpoints --from 2026-03-02T00:00:00Z")(republish)


def republish(
    service: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(NAMES)}; all if not given.")] = None,
    since: Annotated[
        str,
        typer.Option("--from", help="A position in one service's log, or a time with offset: facts recorded since."),
    ] = "1",
) -> None:
    """Publish facts again, all or from a place on; those that NATS and subscribers have do no harm."""
    chosen, begin = dict.fromkeys(known(name).name for name in service or NAMES), place(since)
    if len(chosen) > 1 and isinstance(begin, int) and begin > 1:
        raise NoPlace(f"{begin} is a position in one service's log: name that one with --service, or give a time")
    deployment = Deployment.from_settings()
    urls = {name: deployment.database_url(name) for name in chosen}
    for name, after in asyncio.run(_republish(urls, begin)).items():
        print(f"{name} publishes again what comes after position {after}")


def place(text: str) -> int | datetime:
    """The position or the time that *text* speaks of."""
    if text.isascii() and text.isdecimal():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise NoPlace(f"{text!r} is neither a position nor a time such as 2026-03-02T09:00:00Z") from problem
    if moment.tzinfo is None:
        raise NoPlace(f"{text!r} does not say its offset; write {moment.isoformat()}Z if it is UTC")
    return _in_utc(moment)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as problem:
        raise NoPlace(f"there was nothing at {moment.isoformat()}") from problem


async def _republish(urls: Mapping[str, str], since: int | datetime) -> dict[str, int]:
    """Have the services at *urls*, all of them in reach, publish again; return after which position each does."""
    async with AsyncExitStack() as stack:
        reached = {name: await stack.enter_async_context(databases.connected(url)) for name, url in urls.items()}
        await _require_place(reached, since)
        return {name: await republishing.republish(one, since=since) for name, one in reached.items()}


async def _require_place(reached: Mapping[str, "Connection[Any]"], since: int | datetime) -> None:
    """Return when *since* is not past the end of every log. Raises ``NoPlace``."""
    ends = {name: await connection.fetchrow(_LAST) for name, connection in reached.items()}
    if since != 1 and all(_is_past(since, last) for last in ends.values()):
        raise NoPlace(f"nothing is there to publish: {', '.join(_told(name, last) for name, last in ends.items())}")


def _is_past(since: int | datetime, last: "asyncpg.Record | None") -> bool:
    return last is None or since > (last["position"] if isinstance(since, int) else last["recorded_at"])


def _told(service: str, last: "asyncpg.Record | None") -> str:
    if last is None:
        return f"the log of {service} is empty"
    return f"the log of {service} ends at position {last['position']}, recorded at {last['recorded_at'].isoformat()}"
