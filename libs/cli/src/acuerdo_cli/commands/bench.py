"""acuerdo bench: measure this machine."""

import asyncio
import json
import shutil
from contextlib import AsyncExitStack
from typing import Annotated

import typer
from rich.table import Table

from acuerdo_cli.bench.crew import Crew, Ground, contact, effect, loop
from acuerdo_cli.bench.load import Taken, put
from acuerdo_cli.demo.people import people
from acuerdo_cli.demo.story import AGENT, Stage, sign, staff
from acuerdo_cli.demo.terms import DESK
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.paper import paper
from acuerdo_cli.services import SERVICES
from acuerdo_cli.settings import DeploymentSettings
from acuerdo_client import Addresses
from common.running.service import now


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo bench --loops 200 --json")(bench)


def bench(
    contacts: Annotated[int, typer.Option(min=1, help="How many contacts to record.")] = 2_000,
    loops: Annotated[int, typer.Option(min=1, help="How many whole loops to go.")] = 200,
    effects: Annotated[int, typer.Option(min=1, help="How many cases to follow into another service.")] = 300,
    at_once: Annotated[int, typer.Option(min=1, max=200, help="How many do so at once.")] = 16,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Measure contacts, whole loops, commit to effect and rebuilding, through the public APIs on servers of its own.

    The load comes from this machine too, so its own cost is in every figure.
    """
    home = DeploymentSettings().home / "bench"
    shutil.rmtree(home, ignore_errors=True)
    deployment = Deployment(home)
    try:
        deployment.up()
        figures = asyncio.run(_measure(deployment, contacts, loops, effects, at_once))
        figures |= _rebuilt(deployment)
    finally:
        deployment.down()
        shutil.rmtree(home, ignore_errors=True)
    if as_json:
        print(json.dumps(figures, indent=2))
    else:
        _show(figures)


async def _measure(
    deployment: Deployment, contacts: int, loops: int, effects: int, at_once: int
) -> dict[str, dict[str, float]]:
    ground = _ground(deployment)
    async with AsyncExitStack() as stack:
        crews = [await Crew.hired(deployment, stack, slot + 1) for slot in range(at_once)]
        recorded = await put(contacts, at_once, lambda n, slot: contact(crews[slot], ground, n))
        followed = await put(effects, min(4, at_once), lambda n, slot: effect(crews[slot], ground, n))
        gone = await put(loops, at_once, lambda n, slot: loop(crews[slot], ground, n))
    return {"contacts": _said(recorded), "open to effect elsewhere": _said(followed), "whole loops": _said(gone)}


def _ground(deployment: Deployment) -> Ground:
    with people(Addresses.named(deployment.urls), deployment.token) as cast:
        stage = Stage(people=cast, tell=lambda _: None, now=now())
        agreement_id = sign(stage)
        teams = staff(stage, agreement_id)
        customer = cast(DESK, "touchpoint-agent", AGENT).touchpoints.register_customer(
            agreement_id=agreement_id, external_reference="customer-of-bench", language="es"
        )
    return Ground(agreement_id=agreement_id, teams=teams, customer_id=customer.body["customer_id"])


def _rebuilt(deployment: Deployment) -> dict[str, dict[str, float]]:
    said = [json.loads(deployment.run_once(service.name, "rebuild")) for service in SERVICES]
    facts, seconds = sum(one["facts"] for one in said), sum(one["seconds"] for one in said)
    return {"facts rebuilt": {"count": facts, "seconds": seconds, "per_second": facts / seconds if seconds else 0.0}}


def _said(taken: Taken) -> dict[str, float]:
    return {
        "count": taken.count,
        "seconds": taken.seconds,
        "per_second": taken.rate,
        "p50_ms": taken.percentile(50),
        "p99_ms": taken.percentile(99),
    }


def _show(figures: dict[str, dict[str, float]]) -> None:
    table = Table("what", "count", "seconds", "per second", "p50 ms", "p99 ms")
    for name, said in figures.items():
        times = [f"{said[one]:.1f}" if one in said else "" for one in ("p50_ms", "p99_ms")]
        table.add_row(name, f"{said['count']:,.0f}", f"{said['seconds']:.2f}", f"{said['per_second']:,.0f}", *times)
    paper().print(table)
