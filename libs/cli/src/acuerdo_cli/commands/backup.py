"""acuerdo backup: all four databases as they stand at one point."""

from pathlib import Path
from typing import Annotated

import typer

from acuerdo_cli.backup.taking import back_up
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.services import SERVICES
from common.running.service import now


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo backup backups/monday")(backup)


def backup(directory: Annotated[Path, typer.Argument(help="A new directory that only its owner may read.")]) -> None:
    """Write all four databases, as they stand at one point, into a directory; everything goes on meanwhile.

    Appends wait for some milliseconds, so that no service remembers what another has not stated. The services' secrets
    are not in it: what is sealed cannot be read with the backup alone. Keep them, and keep them elsewhere.
    """
    deployment = Deployment.from_settings()
    urls = {service.name: deployment.database_url(service.name) for service in SERVICES}
    taken = back_up(urls, directory, now())
    for part in taken.parts:
        print(f"{part.service:<14} facts up to {part.position:,}")
    print(f"{directory} holds everything as it stood at {taken.moment}; secrets are not in it")
