"""acuerdo republish: what is on NATS is made again from PostgreSQL."""

import asyncio
from datetime import datetime
from typing import Annotated

import asyncpg
import typer

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.services import SERVICES

NAMES = tuple(service.name for service in SERVICES)


_LAST = "SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1"


class NoPlace(CommandFailed):
    """Where to begin cannot be read, or nothing is there."""


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo republish --service touchpoints --from 2026-03-02T00:00:00Z")(republish)


def republish(
    service: Annotated[str, typer.Option(help=f"Whose facts: {', '.join(NAMES)}.")],
    since: Annotated[
        str,
        typer.Option("--from", help="A position in its log, or a time with offset: facts recorded since."),
    ] = "1",
) -> None:
    """Publish a service's facts again, all or from a place on; those that NATS and subscribers have do no harm."""
    if service not in NAMES:
        raise CommandFailed(f"there is no service {service}; there are {', '.join(NAMES)}")
    after = asyncio.run(_republish(Deployment.from_settings().database_url(service), service, place(since)))
    print(f"{service} publishes again what comes after position {after}")


def place(text: str) -> int | datetime:
    """The position or the time that *text* speaks of."""
    if text.isdecimal():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise NoPlace(f"{text!r} is neither a position nor a time such as 2026-03-02T09:00:00Z") from problem
    if moment.tzinfo is None:
        raise NoPlace(f"{text!r} does not say its offset; write {moment.isoformat()}Z if it is UTC")
    return moment


async def _republish(url: str, service: str, since: int | datetime) -> int:
    from common.messaging import republishing

    try:
        connection = await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError) as problem:
        raise CommandFailed(f"the database cannot be reached: {problem}") from problem
    try:
        await _require_place(connection, service, since)
        return await republishing.republish(connection, since=since)
    finally:
        await connection.close()


async def _require_place(connection: "asyncpg.Connection[asyncpg.Record]", service: str, since: int | datetime) -> None:
    """Return when *since* is not past the end of the log. Raises ``NoPlace``."""
    last = await connection.fetchrow(_LAST)
    ends, recorded_at = (last["position"], last["recorded_at"]) if last else (0, None)
    match since:
        case int():
            beyond = since > max(ends, 1)
        case datetime():
            beyond = recorded_at is not None and since > recorded_at
    if beyond:
        raise NoPlace(f"the log of {service} ends at position {ends}, recorded at {recorded_at}: nothing is there")
