"""acuerdo status: who runs, where, and how far behind."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import typer
from rich.table import Table

from acuerdo_cli.deployment import Deployment, NotThere
from acuerdo_cli.embedded.server import Server
from acuerdo_cli.paper import paper
from acuerdo_cli.services import ServiceProcess


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo status --json")(status)


def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Show each process's role, replica, address, health, position in its log and lag; exit 1 unless all are ready."""
    deployment = Deployment.from_settings()
    deployment.require_own()
    found = look(deployment)
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        pages = "each api describes itself at its address with /docs"
        paper().print(_services_table(found["services"]), _servers_table(found["servers"]), pages, sep="\n")
    if any(row["health"] not in {"ready", "given"} for row in (*found["services"], *found["servers"])):
        raise typer.Exit(1)


def look(deployment: Deployment) -> dict[str, list[dict[str, Any]]]:
    """What every process and server says of itself now."""
    with ThreadPoolExecutor() as pool:
        services = list(pool.map(_service, deployment.all_processes))
    return {
        "services": services,
        "servers": [
            _server("postgres", deployment.postgres),
            {**_server("nats", deployment.nats), "facts": _facts(deployment)},
        ],
    }


def _facts(deployment: Deployment) -> str | None:
    """The address that the companies' programs subscribe at."""
    try:
        return deployment.facts_url
    except NotThere:
        return None


def _service(process: ServiceProcess) -> dict[str, Any]:
    said = process.ask()
    return {
        "service": process.service.name,
        "role": process.role,
        "replica": process.replica,
        "address": process.url if process.running else None,
        "health": said.health,
        "position": said.position,
        "lag": said.lag,
    }


def _server(name: str, server: Server | None) -> dict[str, Any]:
    if server is None:
        return {"server": name, "address": None, "health": "given"}
    running = server.running
    return {
        "server": name,
        "address": f"127.0.0.1:{server.ports[0]}" if running else None,
        "health": "ready" if running and server.is_ready() else "down",
    }


def _services_table(rows: list[dict[str, Any]]) -> Table:
    table = _table("service", "role", "replica", "health", "position", "lag", "address")
    for row in rows:
        behind = [f"{count} {who}" for who, count in (row["lag"] or {}).items() if count]
        lag = "" if row["lag"] is None else ", ".join(behind) or "none"
        position = "" if row["position"] is None else str(row["position"])
        who = (row["service"], row["role"], str(row["replica"]))
        table.add_row(*who, row["health"], position, lag, row["address"])
    return table


def _servers_table(rows: list[dict[str, Any]]) -> Table:
    table = _table("server", "health", "address")
    for row in rows:
        table.add_row(row["server"], row["health"], row.get("facts") or row["address"])
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=column != "lag")
    return table
