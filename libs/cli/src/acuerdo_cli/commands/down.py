"""acuerdo down: nothing that we started runs any more."""

import typer

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.settings import HomeSettings


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo down")(down)


def down() -> None:
    """Stop what `up` started; all data is kept for the next `up`."""
    deployment = Deployment(HomeSettings().home)
    ran = deployment.runs
    deployment.down()
    print(f"stopped; data is kept in {deployment.home}" if ran else f"nothing runs in {deployment.home}")
