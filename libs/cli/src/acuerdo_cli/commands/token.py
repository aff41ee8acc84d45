"""acuerdo token: a bearer token for trying things out."""

import re
from datetime import timedelta
from typing import Annotated

import typer

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.issuer import ROLES
from acuerdo_cli.settings import HomeSettings

_LEEWAY = "Services take it for 10 seconds longer, as clocks differ."
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class NoDuration(CommandFailed):
    """How long the token lasts cannot be read."""


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo token --company telco-a --role touchpoint-agent --person ana --ttl 2h")(token)


def token(
    company: Annotated[str, typer.Option(help="The company that the person acts for, such as telco-a.")],
    role: Annotated[
        list[str],
        typer.Option(help=f"One of {', '.join(ROLES)}. Give it again for more roles; integrator has none beside it."),
    ],
    person: Annotated[
        str | None, typer.Option(help="Who it is; someone named for role and company if not given.")
    ] = None,
    ttl: Annotated[str, typer.Option(help=f"How long the token is good for: 90s, 30m, 8h, 2d. {_LEEWAY}")] = "8h",
) -> None:
    """Print a token that the services of this deployment accept, and nothing else."""
    print(Deployment(HomeSettings().home).token(company=company, roles=role, person=person, ttl=duration(ttl)))


def duration(text: str) -> timedelta:
    """The time that *text* speaks of, such as 90s, 30m, 8h or 2d."""
    read = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", text)
    if read is None:
        raise NoDuration(f"{text!r} is no duration; write 90s, 30m, 8h or 2d")
    return timedelta(**{UNITS[read[2]]: int(read[1])})
