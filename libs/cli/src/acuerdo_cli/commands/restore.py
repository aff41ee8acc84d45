"""acuerdo restore: back to what a backup holds."""

from pathlib import Path
from typing import Annotated

import typer

from acuerdo_cli.backup import manifest
from acuerdo_cli.deployment import Deployment


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo down; acuerdo restore backups/monday --replace; acuerdo up")(restore)


def restore(
    directory: Annotated[Path, typer.Argument(help="What `acuerdo backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Facts that the databases hold now are to go.")] = False,
) -> None:
    """Make all four databases what a backup holds; the services must be stopped, and `up` starts them upon it.

    NATS forgets its facts, and the services publish theirs again: followers begin anew. Who was erased since the backup
    stays unreadable; state those erasures again.
    """
    taken = manifest.read(directory)
    for customer in Deployment.from_settings().restore(directory, taken, replace=replace):
        print(f"customer {customer} was erased since: the key is destroyed, erase them again once the services run")
    for part in taken.parts:
        print(f"{part.service:<14} facts up to {part.position:,}")
    print(f"everything is as it stood at {taken.moment}; start it with: acuerdo up")
