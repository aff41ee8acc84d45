"""acuerdo up: everything runs, and what ran already was left alone."""

from typing import Annotated

import typer
from rich.console import Console

from acuerdo_cli.deployment import MOST_REPLICAS, Deployment


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo up --replicas 3")(up)


def up(
    replicas: Annotated[
        int | None,
        typer.Option(
            min=1, max=MOST_REPLICAS, help="Processes per role of each service; as many as last time if not given."
        ),
    ] = None,
    apart: Annotated[
        bool, typer.Option("--apart", help="Each service's api and worker are two processes; remembered.")
    ] = False,
    together: Annotated[
        bool, typer.Option("--together", help="Each service is one process, as it is at first; remembered.")
    ] = False,
) -> None:
    """Start PostgreSQL, NATS and the four services in the background; return when all are ready.

    Each service is one process that answers requests and does the work behind them, which takes the least of a small
    machine; or, apart, an api and a worker, as in containers, which can use more cores. There may be any number of
    each: every replica that answers has an address of its own, and it does not matter which one a caller asks. With
    fewer replicas than before, those too many are stopped.

    Data and logs are kept in .acuerdo, or in ACUERDO_HOME. With ACUERDO_DATABASE_URL or ACUERDO_NATS_URL set, those
    servers are used instead of ours.
    """
    if apart and together:
        raise typer.BadParameter("a service is either two processes or one", param_hint="'--apart' and '--together'")
    deployment = Deployment.from_settings(replicas, apart=apart if apart or together else None)
    with Console(stderr=True).status("looking around") as status:
        deployment.up(status.update)
    everywhere = [deployment.urls_of(replica) for replica in range(1, deployment.replicas + 1)]
    for name, url in ((name, urls[name]) for name in deployment.urls for urls in everywhere):
        print(f"{name:<14} {url:<24} {url}/docs")
    print(f"{'facts':<14} {deployment.facts_url}")
    print(f"data and logs  {deployment.home}")
