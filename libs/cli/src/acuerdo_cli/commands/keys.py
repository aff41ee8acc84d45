"""acuerdo keys: what a deployment in containers is told in secret."""

from pathlib import Path
from typing import Annotated

import typer

from acuerdo_cli.containers import ContainerKeys, kustomization
from acuerdo_cli.embedded import keeping
from acuerdo_cli.settings import HomeSettings


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo keys .acuerdo/kubernetes && kubectl apply -k .acuerdo/kubernetes")(keys)


def keys(
    folder: Annotated[Path | None, typer.Argument(help="Where to; the deployment's own place if not given.")] = None,
    postgres: Annotated[str, typer.Option(help="Where containers find PostgreSQL.")] = "postgres:5432",
    nats: Annotated[str, typer.Option(help="Where containers find NATS.")] = "nats:4222",
) -> None:
    """Make passwords, keys and a development issuer for containers; what is there already stays as it is.

    Each service has a folder with the files that only its containers are shown. A kustomization beside them makes
    Secrets of them. docker-compose runs this by itself.
    """
    place = folder or HomeSettings().home
    ContainerKeys(place, postgres=postgres, nats=nats).ensure()
    keeping.write(place / "kustomization.yaml", kustomization(place))
    print(place.absolute())
