"""Each number that is asked for, taken on a deployment of bench's own."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from acuerdo_cli.bench import cpu, floor_process, floors, load, site
from acuerdo_cli.bench.floors import TOUCHPOINTS, FloorProcess
from acuerdo_cli.bench.ground import Ground, grounded
from acuerdo_cli.bench.links import Links
from acuerdo_cli.bench.load import Taken, Work
from acuerdo_cli.bench.loops import Contacts, Crew, Loops
from acuerdo_cli.bench.result import Result, figures
from acuerdo_cli.bench.wire import Caller, Wire, wired
from acuerdo_cli.demo.story import AGENT
from acuerdo_cli.demo.terms import DESK
from acuerdo_cli.deployment import Deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How long and how hard each thing is measured."""

    rounds: int
    seconds: float
    contacts_at_once: int
    loops_at_once: int
    messages: int


THOROUGH = Sizes(rounds=5, seconds=4, contacts_at_once=64, loops_at_once=300, messages=50_000)
QUICK = Sizes(rounds=2, seconds=1, contacts_at_once=32, loops_at_once=16, messages=5_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A deployment with ground to stand on, a way to its services, and what is noted there under *name*."""

    name: str
    deployment: Deployment
    ground: Ground
    wire: Wire
    agent: Caller
    loops: Loops
    result: Result
    beside: Sequence[FloorProcess] = ()

    async def measured(self, what: str, work: Callable[[], Awaitable[Taken]]) -> Taken:
        """Do *work*, note what it took and which process used how much, and wait until everybody has it."""
        before = site.spent(self.deployment, *self.beside)
        taken = await work()
        await site.caught_up(self.deployment)
        used = cpu.between(before, site.spent(self.deployment, *self.beside))
        noted = self.result.measurements.setdefault(f"{what}, {self.name}", {"rounds": []})
        noted["rounds"].append({**figures(taken), "cpu_seconds": used})
        return taken

    def contacts(self, prefix: str, path: str = "/v1/contacts") -> Work:
        """Return the work of recording contacts, or of asking for less at *path* where touchpoints has the floors."""
        some = Contacts(wire=self.wire, ground=self.ground, agent=self.agent, path=path)
        return lambda number, _: some.record(number, prefix)

    def whole_loops(self, prefix: str) -> Work:
        """Return the work of going whole loops."""
        return lambda number, _: self.loops.go(self.ground.customer(number), f"{prefix}-{number}")


@asynccontextmanager
async def placed(name: str, deployment: Deployment, result: Result, *beside: FloorProcess) -> AsyncGenerator[Place]:
    """Give a place on *deployment*, which is up; *beside*: what runs there besides or instead."""
    agent = Caller(token=deployment.token(company=DESK, roles=["touchpoint-agent"], person=AGENT))
    async with wired(deployment.urls) as wire:
        ground = await grounded(deployment, wire)
        async with Links.fetched(deployment, wire, ground.agreement_id) as links:
            loops = Loops(wire=wire, ground=ground, crew=Crew.hired(deployment), links=links)
            yield Place(
                name=name, deployment=deployment, ground=ground, wire=wire, agent=agent, loops=loops, result=result,
                beside=beside,
            )  # fmt: skip


@asynccontextmanager
async def with_floors(deployment: Deployment) -> AsyncGenerator[FloorProcess]:
    """Let touchpoints have the floors inside the block."""
    floor = FloorProcess(deployment)
    await floors.make_table(deployment.database_url(TOUCHPOINTS.name), floor_process.TABLE)
    try:
        await asyncio.to_thread(floor.take_over)
        yield floor
    finally:
        await asyncio.to_thread(floor.give_back)


async def contacts_beside_nothing(place: Place, sizes: Sizes) -> float:
    """Return the rate of contacts as a part of the rate of the route that does nothing: rounds in turn, medians."""
    paths = {
        "contacts": "/v1/contacts",
        "nothing": floor_process.NOTHING,
        "insert": floor_process.INSERT,
        "usual": floor_process.USUAL,
    }
    for what, path in paths.items():
        await load.put(sizes.contacts_at_once * 4, sizes.contacts_at_once, place.contacts(f"warm-{what}", path))
    rates: dict[str, list[Taken]] = {what: [] for what in paths}
    for number in range(sizes.rounds):
        for what, path in paths.items():
            rates[what].append(await contacts(place, sizes, what, f"{what}-{number}", path))
    medians = {what: load.typical(rounds) for what, rounds in rates.items()}
    place.result.floors["the route that does nothing"] = {"per_second": round(medians["nothing"], 1)}
    place.result.floors["the same, by the framework's own way"] = {"per_second": round(medians["usual"], 1)}
    place.result.floors["a plain asyncpg insert per request"] = {"per_second": round(medians["insert"], 1)}
    return medians["contacts"] / medians["nothing"]


async def contacts(place: Place, sizes: Sizes, what: str, prefix: str, path: str = "/v1/contacts") -> Taken:
    """Record contacts for a round."""
    work = place.contacts(prefix, path)
    return await place.measured(what, lambda: load.keep_on(sizes.seconds, sizes.contacts_at_once, work))


async def loops(place: Place, what: str, seconds: float, at_once: int, prefix: str) -> Taken:
    """Go whole loops for so many seconds."""
    work = place.whole_loops(prefix)
    return await place.measured(what, lambda: load.keep_on(seconds, at_once, work))


async def effects(place: Place, seconds: float, per_second: float) -> Taken:
    """Go whole loops at a steady pace; return how long each opened case took to be seen in another service."""
    place.loops.effects.clear()
    work = place.whole_loops("paced")
    taken = await place.measured("whole loops at half of that", lambda: load.pace(seconds, per_second, work))
    seen = Taken(seconds=taken.seconds, each=tuple(place.loops.effects))
    place.result.measurements[f"commit to effect, {place.name}"] = {"offered_loops_per_second": round(per_second, 2)}
    place.result.measurements[f"commit to effect, {place.name}"] |= figures(seen)
    return seen


async def warmed_up(place: Place, sizes: Sizes) -> None:
    """Let every process do each thing a few times before it counts."""
    await load.put(sizes.contacts_at_once * 4, sizes.contacts_at_once, place.contacts("warm"))
    await load.put(sizes.loops_at_once, sizes.loops_at_once, place.whole_loops("warm"))
    await site.caught_up(place.deployment)


async def servers(place: Place, sizes: Sizes) -> None:
    """Note how fast the servers themselves are."""
    deployment, result = place.deployment, place.result
    await floors.table_for_pgbench(deployment.database_server)
    for at_once in (1, sizes.contacts_at_once):
        said = await asyncio.to_thread(
            floors.pgbench, deployment.database_server, seconds=max(3, round(sizes.seconds)), at_once=at_once
        )
        result.floors[f"pgbench: one-row insert, {at_once} at once"] = {"per_second": round(said.per_second, 1)}
    published = await floors.publish(deployment.nats_url, sizes.messages)
    result.floors["nats-py: acknowledged publish, many in flight"] = figures(published)
