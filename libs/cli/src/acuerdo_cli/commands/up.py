"""acuerdo up: everything runs, and what ran already was left alone."""

import typer
from rich.console import Console
from rich.table import Table

from acuerdo_cli.deployment import Deployment


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo up && acuerdo status")(up)


def up() -> None:
    """Start PostgreSQL, NATS and the four services in the background; return when all are ready.

    Data and logs are kept in .acuerdo, or in ACUERDO_HOME. With ACUERDO_DATABASE_URL or ACUERDO_NATS_URL set, those
    servers are used instead of ours.
    """
    console = Console()
    deployment = Deployment.from_settings()
    with console.status("looking around") as status:
        deployment.up(status.update)
    console.print(addresses(deployment))


def addresses(deployment: Deployment) -> Table:
    """Where each service answers and describes its operations."""
    table = Table("service", "address", "OpenAPI")
    for name, url in deployment.urls.items():
        table.add_row(name, url, f"{url}/openapi.json")
    return table
