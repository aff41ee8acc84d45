"""acuerdo down: nothing that we started runs any more."""

import typer

from acuerdo_cli.deployment import Deployment


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo down")(down)


def down() -> None:
    """Stop what `up` started; all data is kept for the next `up`."""
    Deployment.from_settings().down()
