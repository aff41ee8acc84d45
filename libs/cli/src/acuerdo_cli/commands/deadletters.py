"""acuerdo deadletters: facts that a service could not handle, and what becomes of them."""

import asyncio
import getpass
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import typer
from rich.table import Table

from acuerdo_cli import databases
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.paper import paper
from acuerdo_cli.services import NAMES, known
from common.messaging import deadletters
from common.refusals import Refusal

Database = "asyncpg.Connection[asyncpg.Record]"
Letters = dict[str, Sequence[Mapping[str, Any]]]

WAITING = ("retrying", "behind", "dead")
SETTLED = ("discarded", "handled")

Service = Annotated[str, typer.Option(help=f"The service that could not handle it: {', '.join(NAMES)}.")]
Id = Annotated[UUID, typer.Argument(help="The letter's id, as the list shows it.")]
By = Annotated[str | None, typer.Option(help="Who decides it; you, if not given.")]


def register(app: typer.Typer) -> None:
    commands = typer.Typer(help="See, try again or discard facts that a service could not handle.")
    commands.command("list", epilog="Example: acuerdo deadletters list --service solver-teams")(listing)
    commands.command(epilog="Example: acuerdo deadletters show ID --service solver-teams")(show)
    commands.command(epilog="Example: acuerdo deadletters retry ID --service solver-teams --by ana")(retry)
    commands.command(epilog='Example: acuerdo deadletters discard ID --service solver-teams --reason "a test"')(discard)
    app.add_typer(commands, name="deadletters")


def listing(
    service: Annotated[str | None, typer.Option(help="Only this service; all four if not given.")] = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Also those still tried, or behind one.")] = False,
    settled: Annotated[bool, typer.Option("--settled", help="Also those discarded, or handled later.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """List dead letters: what, from whom, and why it could not be handled."""
    states = (*(WAITING if waiting else ("dead",)), *(SETTLED if settled else ()))
    found: Letters = {
        name: _ask(name, lambda database: deadletters.letters(database, states=states))
        for name in ([known(service).name] if service else NAMES)
    }
    if as_json:
        print(json.dumps(found, default=_text, indent=2))
    else:
        _show(found)


def show(letter_id: Id, service: Service) -> None:
    """Show one letter whole, as JSON: the fact, its headers, why it waits and what was done about it."""
    letter = _ask(service, lambda database: deadletters.letter(database, letter_id))
    print(json.dumps(letter, default=_text, indent=2))


def retry(letter_id: Id, service: Service, by: By = None) -> None:
    """Have a dead letter handled again; those of its stream that wait behind it follow in order."""
    who = by or getpass.getuser()
    _ask(service, lambda database: deadletters.retry(database, letter_id, by=who))
    print(f"{letter_id} is tried again")


def discard(
    letter_id: Id,
    service: Service,
    reason: Annotated[str, typer.Option(help="Why it may be left undone; it is kept with the letter.")],
    by: By = None,
) -> None:
    """Give a letter up for good; those of its stream that wait behind it go on."""
    who = by or getpass.getuser()
    _ask(service, lambda database: deadletters.discard(database, letter_id, by=who, reason=reason))
    print(f"{letter_id} is discarded")


def _ask(service: str, question: "Callable[[Any], Awaitable[Any]]") -> Any:
    url = Deployment.from_settings().database_url(known(service).name)
    try:
        return asyncio.run(_asked(url, question))
    except Refusal as refusal:
        raise CommandFailed(refusal.detail) from refusal
    except (OSError, asyncpg.PostgresError) as problem:
        raise CommandFailed(f"the database of {service} cannot be used: {problem}") from problem


async def _asked(url: str, question: "Callable[[Any], Awaitable[Any]]") -> Any:
    async with databases.connected(url) as connection:
        return await question(connection)


def _show(found: Letters) -> None:
    table = Table("service", "id", "fact", "from", "stream", "state", "tries", "why")
    for service, letters in found.items():
        for one in letters:
            table.add_row(
                service, str(one["id"]), one["name"], f"{one['source']}={one['position']}", one["stream"],
                one["state"], str(one["attempts"]), f"{one['refusal']}: {one['reason']}",
            )  # fmt: skip
    console = paper()
    console.print(table if table.rows else "no dead letters")


def _text(said: object) -> str:
    return said.isoformat() if isinstance(said, datetime) else str(said)
