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


THOROUGH = Sizes(rounds=5, seconds=4, contacts_at_once=64, loops_at_once=160, messages=50_000)
QUICK = Sizes(rounds=2, seconds=1, contacts_at_once=32, loops_at_once=16, messages=5_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A deployment with ground to stand on, ways to its services, and what is noted there under *name*.

    *floor*: a process of touchpoints that has the floors too, where there is one; contacts are recorded there then.
    """

    name: str
    deployment: Deployment
    ground: Ground
    wire: Wire
    floor: FloorProcess | None
    contacts_wire: Wire
    agent: Caller
    loops: Loops
    result: Result

    async def measured(self, what: str, work: Callable[[], Awaitable[Taken]]) -> Taken:
        """Do *work*, note what it took and which process used how much, and wait until everybody has it."""
        before = site.spent(self.deployment, *self._more)
        taken = await work()
        await site.caught_up(self.deployment)
        used = cpu.between(before, site.spent(self.deployment, *self._more))
        noted = self.result.measurements.setdefault(f"{what}, {self.name}", {"rounds": []})
        noted["rounds"].append({**figures(taken), "cpu_seconds": used})
        return taken

    @property
    def _more(self) -> Sequence[FloorProcess]:
        return () if self.floor is None else (self.floor,)

    def contacts(self, prefix: str, path: str = "/v1/contacts") -> Work:
        """Return the work of recording contacts, or of asking the process which has the floors for less at *path*."""
        some = Contacts(wire=self.contacts_wire, ground=self.ground, agent=self.agent, path=path)
        return lambda number, _: some.record(number, prefix)

    def whole_loops(self, prefix: str) -> Work:
        """Return the work of going whole loops."""
        return lambda number, _: self.loops.go(self.ground.customer(number), f"{prefix}-{number}")


@asynccontextmanager
async def placed(
    name: str, deployment: Deployment, result: Result, floor: FloorProcess | None = None
) -> AsyncGenerator[Place]:
    """Give a place on *deployment*, which is up."""
    agent = Caller(token=deployment.token(company=DESK, roles=["touchpoint-agent"], person=AGENT))
    beside = {} if floor is None else {TOUCHPOINTS.name: floor.url}
    async with wired(deployment.urls) as wire, wired(deployment.urls | beside) as contacts_wire:
        ground = await grounded(deployment, wire)
        async with Links.fetched(deployment, wire, ground.agreement_id) as links:
            loops = Loops(wire=wire, ground=ground, crew=Crew.hired(deployment), links=links)
            yield Place(
                name=name, deployment=deployment, ground=ground, wire=wire, floor=floor, contacts_wire=contacts_wire,
                agent=agent, loops=loops, result=result,
            )  # fmt: skip


@asynccontextmanager
async def placed_beside_floors(name: str, deployment: Deployment, result: Result) -> AsyncGenerator[Place]:
    """Give a place on *deployment*, which is up and whose services are not alone, with a process of its floors."""
    floor = FloorProcess(deployment)
    await floors.make_table(deployment.database_url(TOUCHPOINTS.name), floor_process.TABLE)
    await asyncio.to_thread(floor.start)
    try:
        async with placed(name, deployment, result, floor) as place:
            yield place
    finally:
        await asyncio.to_thread(floor.stop)


async def contacts_beside_nothing(place: Place, sizes: Sizes) -> float:
    """Return the rate of contacts as a part of the rate of the route that does nothing: rounds in turn, medians."""
    paths = {"contacts": "/v1/contacts", "nothing": floor_process.NOTHING, "insert": floor_process.INSERT}
    await warmed_up(place, sizes)
    rates: dict[str, list[Taken]] = {what: [] for what in paths}
    for number in range(sizes.rounds):
        for what, path in paths.items():
            rates[what].append(await contacts(place, sizes, what, f"{what}-{number}", path))
    medians = {what: load.typical(rounds) for what, rounds in rates.items()}
    place.result.floors["the route that does nothing"] = {"per_second": round(medians["nothing"], 1)}
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
    paths = {"c": "/v1/contacts"}
    if place.floor is not None:
        paths |= {"n": floor_process.NOTHING, "i": floor_process.INSERT}
    for name, path in paths.items():
        await load.put(sizes.contacts_at_once * 4, sizes.contacts_at_once, place.contacts(f"warm-{name}", path))
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
