"""A deployment that measuring made for itself: it may fill it, empty it and remove it, and no other."""

import asyncio
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from time import process_time
from typing import Any

import asyncpg

from acuerdo_cli.bench import cpu
from acuerdo_cli.bench.floors import FloorProcess
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.embedded import keeping
from acuerdo_cli.embedded.server import Server
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.services import SERVICES
from common.messaging.shares import POSITIONS

MARK = "made-by-bench.json"
_LOOK = 0.05
_STANDING = f"""
    SELECT (SELECT coalesce(max(position), 0) FROM events) AS head,
           (SELECT coalesce(max(position), 0) FROM projection_progress) AS projected,
           (SELECT coalesce(max(position), 0) FROM checkpoints WHERE name = 'relay') AS published,
           (SELECT coalesce(json_object_agg(source, position), '{{}}') FROM ({POSITIONS}) AS s) AS taken_in,
           (SELECT count(*) FROM waiting_messages WHERE state IN ('retrying', 'behind')) AS waiting
"""


class NotMadeByBench(CommandFailed):
    """People may use what is there, and its data is theirs."""


class NotCaughtUp(CommandFailed):
    """A service did not come to take in everything."""


def ours(home: Path) -> Deployment:
    """Return the deployment in *home*, marked as made by bench; nothing runs that did not before.

    Raises:
        NotMadeByBench: somebody else made the one that is there.
    """
    deployment = Deployment(home)
    if deployment.issuer.jwks.exists() and not (home / MARK).exists():
        raise NotMadeByBench(f"the deployment in {home} was not made by bench; name another with --home")
    keeping.private_directory(home)
    keeping.write(home / MARK, json.dumps({"made_by": "acuerdo bench"}))
    return deployment


def remove(home: Path) -> None:
    """Stop and remove what bench made in *home*, if anything."""
    if home.exists():
        deployment = ours(home)
        FloorProcess(deployment).stop()  # a measuring that was killed has left it
        deployment.down()
        shutil.rmtree(home)


def stop_services(deployment: Deployment) -> None:
    """Only PostgreSQL and NATS still run: nobody writes and nobody follows."""
    for process in deployment.processes.values():
        process.stop()


def processes(deployment: Deployment, *more: Server) -> Mapping[str, int]:
    """Return the pid of each process of the deployment, and of *more*."""
    servers = (deployment.postgres, deployment.nats, *deployment.processes.values(), *more)
    running = {one.name: one.running for one in servers if one is not None}
    return {name: process.pid for name, process in running.items() if process}


def spent(deployment: Deployment, *more: Server) -> cpu.Spent:
    """Return the processor seconds of each process of the deployment, of *more*, and of the load so far."""
    return {**cpu.spent(processes(deployment, *more)), "the load": process_time()}  # what we started is no part of us


async def caught_up(deployment: Deployment, patience: float = 600) -> None:
    """Return when every fact is published, taken in by whoever follows it, and in every row that shows it.

    Raises:
        NotCaughtUp: not within *patience* seconds.
    """
    try:
        async with asyncio.timeout(patience):
            connections = [await asyncpg.connect(deployment.database_url(one.name)) for one in SERVICES]
            try:
                before: list[dict[str, Any]] = []
                while not ((stands := [await _standing(one) for one in connections]) == before and _even(stands)):
                    before = stands
                    await asyncio.sleep(_LOOK)
            finally:
                for connection in connections:
                    await connection.close()
    except TimeoutError as why:
        raise NotCaughtUp(f"the services had not taken in everything after {patience:,.0f} seconds") from why


async def events(deployment: Deployment) -> dict[str, int]:
    """Return how many facts each service has."""
    counts: dict[str, int] = {}
    for service in SERVICES:
        connection = await asyncpg.connect(deployment.database_url(service.name))
        try:
            counts[service.name] = await connection.fetchval("SELECT coalesce(max(position), 0) FROM events")
        finally:
            await connection.close()
    return counts


async def _standing(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, Any]:
    row = dict(await connection.fetchrow(_STANDING) or {})
    return row | {"taken_in": json.loads(row["taken_in"])}


def _even(stands: list[dict[str, Any]]) -> bool:
    """Tell whether everybody has everybody's facts."""
    heads = {service.name: one["head"] for service, one in zip(SERVICES, stands, strict=True)}
    return all(_whole(one, heads) for one in stands)


def _whole(one: dict[str, Any], heads: Mapping[str, int]) -> bool:
    taken_in = all(at >= heads[source] for source, at in one["taken_in"].items())
    return taken_in and min(one["published"], one["projected"]) >= one["head"] and not one["waiting"]
