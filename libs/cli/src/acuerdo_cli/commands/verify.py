"""acuerdo verify: nobody rewrote history, and nobody cut off its end."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from asyncpg import Connection
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from rich.table import Table

from acuerdo_cli import databases, reaching_nats
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.paper import paper
from acuerdo_cli.services import SERVICES, Service
from common.eventstore.chain import Broken
from common.eventstore.verifying import Publishes, Verdict, Witness, verify_history
from common.messaging.connection import StreamSettings
from common.messaging.witnesses import all_on_stream, disputed, follower, its_own, last_on_stream
from common.values import replace

STREAM = StreamSettings().name


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo verify --json")(verify)


def verify(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
    against_nats: Annotated[
        bool, typer.Option("--against-nats", help="Compare every fact that is on NATS, not only each service's last.")
    ] = False,
) -> None:
    """Check every stream's hash chain in all four services, and each log's end; exit 1 where history does not hold.

    A log must reach what its own relay, rows and answers, the services that follow it and NATS have seen of it.
    """
    verdicts = asyncio.run(_verify(Deployment.from_settings(), whole=against_nats))
    if as_json:
        print(json.dumps({name: _said(verdict) for name, verdict in verdicts.items()}, indent=2))
    else:
        _show(verdicts)
    if any(verdict.broken for verdict in verdicts.values()):
        raise typer.Exit(1)


async def _verify(deployment: Deployment, *, whole: bool) -> dict[str, Verdict]:
    urls = {service.name: deployment.database_url(service.name) for service in SERVICES}
    async with _jetstream(deployment.nats_url, needed=whole) as jetstream:
        return {service.name: await _verify_one(service, urls, jetstream, whole=whole) for service in SERVICES}


async def _verify_one(
    service: Service, urls: dict[str, str], jetstream: JetStreamContext | None, *, whole: bool
) -> Verdict:
    """Ask the witnesses first: the log that is read after them only grows."""
    seen = [await _followed(urls[other.name], service.name, other.name) for other in SERVICES]
    async with databases.connected(urls[service.name]) as connection:
        seen.extend(await its_own(connection))
        on_nats = [] if jetstream is None else await _disputed(connection, jetstream, service.name, whole=whole)
        verdict = await verify_history(connection, witnesses=seen, publishes=_publishes(service))
    return replace(verdict, broken=(*verdict.broken, *on_nats))


async def _followed(url: str, follows: str, name: str) -> Witness:
    async with databases.connected(url) as connection:
        return await follower(connection, follows, name)


async def _disputed(
    connection: "Connection[Any]", jetstream: JetStreamContext, service: str, *, whole: bool
) -> list[Broken]:
    try:
        if not whole:
            return await disputed(connection, await last_on_stream(jetstream, STREAM, service))
        found: list[Broken] = []
        async for some in all_on_stream(jetstream, STREAM, service):
            found.extend(await disputed(connection, some))
    except NotFoundError:  # nothing was ever published
        return []
    except (OSError, NatsError) as problem:
        raise CommandFailed(f"NATS did not let its facts be read: {problem}") from problem
    return found


def _publishes(service: Service) -> Publishes | None:
    """Return what the service's program says of its facts' names, None where the program is not here."""
    if find_spec(service.package) is None:
        return None
    history = import_module(f"{service.package}.history").history
    return lambda name: history.published(name) if name in history.names else None


@asynccontextmanager
async def _jetstream(url: str, *, needed: bool) -> AsyncGenerator[JetStreamContext | None]:
    """Give the way to what is on NATS; None where it cannot be reached and need not be."""
    try:
        client = await reaching_nats.connected(url)
    except (OSError, NatsError) as problem:
        if needed:
            raise CommandFailed(f"NATS cannot be reached: {problem}") from problem
        typer.echo("NATS cannot be reached: what is on it was not compared", err=True)
        yield None
        return
    try:
        yield client.jetstream()
    finally:
        await client.close()


def _show(verdicts: dict[str, Verdict]) -> None:
    table = Table("service", "facts", "streams", "history")
    for name, verdict in verdicts.items():
        table.add_row(name, f"{verdict.facts:,}", f"{verdict.streams:,}", "broken" if verdict.broken else "holds")
    console = paper()
    console.print(table)
    for name, verdict in verdicts.items():
        for broken in verdict.broken:
            console.print(f"{name}: {broken.stream} version {broken.version}: {broken.why}", markup=False)


def _said(verdict: Verdict) -> dict[str, Any]:
    broken = [{"stream": one.stream, "version": one.version, "why": one.why} for one in verdict.broken]
    return {"facts": verdict.facts, "streams": verdict.streams, "position": verdict.position, "broken": broken}
