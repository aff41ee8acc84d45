"""acuerdo rebuild: the rows that questions read, folded again from the first fact."""

import json
from typing import Annotated

import typer

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.services import NAMES, known


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo rebuild --service feedback-loop")(rebuild)


def rebuild(
    service: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(NAMES)}; all if not given.")] = None,
) -> None:
    """Fold the rows of one or all services again from the facts; readers see the old ones until the end."""
    chosen = [known(name).name for name in service or NAMES]
    deployment = Deployment.from_settings()
    deployment.require_made()
    for name in chosen:
        said = json.loads(deployment.run_once(name, "rebuild"))
        rate = said["facts"] / said["seconds"] if said["seconds"] else 0
        print(f"{name}: {said['facts']:,} facts in {said['seconds']:.1f} s ({rate:,.0f}/s)")
