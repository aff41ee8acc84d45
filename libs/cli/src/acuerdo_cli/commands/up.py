"""acuerdo up: everything runs, and what ran already was left alone."""

import typer
from rich.console import Console

from acuerdo_cli.deployment import Deployment


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo up && acuerdo status")(up)


def up() -> None:
    """Start PostgreSQL, NATS and the four services in the background; return when all are ready.

    Data and logs are kept in .acuerdo, or in ACUERDO_HOME. With ACUERDO_DATABASE_URL or ACUERDO_NATS_URL set, those
    servers are used instead of ours.
    """
    deployment = Deployment.from_settings()
    with Console(stderr=True).status("looking around") as status:
        deployment.up(status.update)
    for name, url in deployment.urls.items():
        print(f"{name:<14} {url:<24} {url}/docs")
    print(f"data and logs  {deployment.home}")
