"""acuerdo verify: nobody rewrote history."""

import asyncio
import json
from typing import Annotated, Any

import asyncpg
import typer
from rich.table import Table

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.paper import paper
from acuerdo_cli.services import SERVICES
from common.eventstore.verifying import Verdict, verify_history


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo verify --json")(verify)


def verify(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Check every stream's hash chain in all four services; exit 1 where history does not hold."""
    deployment = Deployment.from_settings()
    verdicts = {
        service.name: asyncio.run(_verify(deployment.database_url(service.name), service.name)) for service in SERVICES
    }
    if as_json:
        print(json.dumps({name: _said(verdict) for name, verdict in verdicts.items()}, indent=2))
    else:
        _show(verdicts)
    if any(verdict.broken for verdict in verdicts.values()):
        raise typer.Exit(1)


async def _verify(url: str, name: str) -> Verdict:
    try:
        connection = await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError) as problem:
        raise CommandFailed(f"the database of {name} cannot be reached: {problem}") from problem
    try:
        return await verify_history(connection)
    finally:
        await connection.close()


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
