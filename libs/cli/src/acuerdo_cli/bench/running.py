"""All that is measured, one after the other, on deployments that are made for it and removed again."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from acuerdo_cli.bench import cpu, measuring, site
from acuerdo_cli.bench.history_import import imported
from acuerdo_cli.bench.load import Taken, typical
from acuerdo_cli.bench.measuring import Place, Sizes, placed, with_floors
from acuerdo_cli.bench.result import Result, Row
from acuerdo_cli.bench.seeding import seed
from acuerdo_cli.deployment import Deployment

Tell = Callable[[str], None]
_LOOPS = 60
"""Whole loops a second that shall be reached; the load at whose half effects are measured, where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to measure with: deployments below *home*, a store of so many *events*, a history in *import_file*."""

    home: Path
    sizes: Sizes
    events: int
    import_file: Path
    mapping: Path


async def run(plan: Plan, tell: Tell) -> Result:
    """Measure everything; every server that was started for it is stopped and its data gone."""
    result = Result()
    try:
        await _empty_and_full(plan, result, tell)
        await _import(plan, result, tell)
    finally:
        for name in ("empty", "full", "import"):
            await asyncio.to_thread(site.remove, plan.home / name)
        with suppress(OSError):  # somebody keeps something else there
            plan.home.rmdir()
    return result


async def _empty_and_full(plan: Plan, result: Result, tell: Tell) -> None:
    tell("starting a deployment that is empty")
    empty = await _anew(plan.home / "empty")
    async with with_floors(empty) as floor, placed("with floors", empty, result, floor) as place:
        await _beside_floors(place, plan.sizes, tell)
    async with placed("empty store", empty, result) as place:
        await _alone(place, plan.sizes, tell)
        tell(f"starting another and filling it with {plan.events:,} facts")
        full = await _anew(plan.home / "full")
        seeded = await seed(full, plan.events, tell)
        result.measurements["seeding"] = seeded.figures()
        rate = seeded.rebuilding["per_second"]
        result.rows.append(Row(what="rebuild of all projections", unit="events/s", measured=rate, at_least=15_000))
        async with placed("full store", full, result) as other:
            await _beside_each_other(place, other, plan, tell)
    await asyncio.gather(*(asyncio.to_thread(one.down) for one in (empty, full)))


async def _beside_floors(place: Place, sizes: Sizes, tell: Tell) -> None:
    """Measure what one process of touchpoints does beside what it could do at most, and the servers."""
    tell("measuring the servers alone")
    await measuring.servers(place, sizes)
    tell("measuring contacts beside a route that does nothing")
    ratio = await measuring.contacts_beside_nothing(place, sizes)
    row = Row(what="contacts, of the route that does nothing", unit="", measured=ratio, at_least=0.5)
    place.result.rows.append(row)


async def _alone(place: Place, sizes: Sizes, tell: Tell) -> None:
    """Measure what one deployment does."""
    rows = place.result.rows
    tell("measuring whole loops")
    await measuring.warmed_up(place, sizes)
    taken = await measuring.loops(place, "whole loops", sizes.seconds * sizes.rounds, sizes.loops_at_once, "alone")
    rows.append(Row(what="whole loops", unit="loops/s", measured=taken.rate, at_least=_LOOPS))
    tell("measuring how soon a commit has its effect elsewhere, at half that load")
    seen = await measuring.effects(place, sizes.seconds * sizes.rounds, min(_LOOPS, taken.rate) / 2)
    what = "commit to effect in another service, p99"
    rows.append(Row(what=what, unit="ms", measured=seen.percentile(99), at_most=150))


async def _beside_each_other(empty: Place, full: Place, plan: Plan, tell: Tell) -> None:
    """Measure contacts and loops on both in turn, so that whatever else the machine does falls on both."""
    tell("measuring the full store beside the empty one")
    sizes = plan.sizes
    await measuring.warmed_up(full, sizes)
    for what, measure in {"contacts": _contacts, "whole loops": _loops}.items():
        rounds: dict[str, list[Taken]] = {empty.name: [], full.name: []}
        for number in range(sizes.rounds):
            for place in (empty, full):
                rounds[place.name].append(await measure(place, sizes, f"beside-{number}"))
        ratio = typical(rounds[full.name]) / typical(rounds[empty.name])
        named = f"{what} with {plan.events:,} events in the store, of those with an empty one"
        empty.result.rows.append(Row(what=named, unit="", measured=ratio, at_least=0.9))


async def _contacts(place: Place, sizes: Sizes, prefix: str) -> Taken:
    return await measuring.contacts(place, sizes, "contacts side by side", prefix)


async def _loops(place: Place, sizes: Sizes, prefix: str) -> Taken:
    return await measuring.loops(place, "whole loops side by side", sizes.seconds, sizes.loops_at_once, prefix)


async def _import(plan: Plan, result: Result, tell: Tell) -> None:
    what = "import of a history until every projection has caught up"
    if not plan.import_file.exists():
        why = f"there is no {plan.import_file}; name a history with --import-file"
        result.rows.append(Row(what=what, unit="s", at_most=90, why=why))
        return
    tell(f"importing {plan.import_file.name}")
    deployment = await _anew(plan.home / "import")
    before = site.spent(deployment)
    told = await imported(deployment, plan.import_file, plan.mapping)
    told["cpu_seconds"] = cpu.between(before, site.spent(deployment))
    result.measurements["import"] = told
    result.rows.append(Row(what=f"{what}, {told['rows']:,} rows", unit="s", measured=told["seconds"], at_most=90))


async def _anew(home: Path) -> Deployment:
    await asyncio.to_thread(site.remove, home)
    deployment = await asyncio.to_thread(site.ours, home)
    await asyncio.to_thread(deployment.up)
    return deployment
