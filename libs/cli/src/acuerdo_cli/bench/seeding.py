"""A store filled with histories: a few are lived through the APIs, the others are like them."""

import asyncio
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from time import perf_counter
from typing import Any

from acuerdo_cli import secrets
from acuerdo_cli.bench import site
from acuerdo_cli.bench.cloning import Mould
from acuerdo_cli.bench.filling import filling, publish_last, tidied
from acuerdo_cli.bench.ground import Ground, agreed, register
from acuerdo_cli.bench.links import Links
from acuerdo_cli.bench.load import put
from acuerdo_cli.bench.loops import Contacts, Crew, Loops
from acuerdo_cli.bench.rebuilding import rebuilt, said
from acuerdo_cli.bench.templates import Life, templates
from acuerdo_cli.bench.wire import Caller, Wire, new_key, wired
from acuerdo_cli.demo.story import AGENT
from acuerdo_cli.demo.terms import DESK
from acuerdo_cli.deployment import Deployment

LOOPS, CONTACTS, AT_ONCE = 8, 8, 4
"""Lives that are lived, how many go a whole loop and how many stay one contact."""
_APART = timedelta(milliseconds=100)
_CHUNK = 400

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """How many facts each service has, how long it took to write them, and what rebuilding their rows took."""

    events: dict[str, int]
    lives: int
    seconds: float
    rebuilding: dict[str, Any]

    def figures(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "facts": sum(self.events.values()),
            "facts_by_service": self.events,
            "lives": self.lives,
            "seconds": round(self.seconds, 1),
            "rebuilding": self.rebuilding,
        }


async def seed(deployment: Deployment, events: int, tell: Tell = lambda _: None) -> Seeded:
    """Bring the four logs of *deployment*, which is up, to *events* facts in all; its services go on from there."""
    began = perf_counter()
    tell("living a few histories through the APIs")
    agreement_id, lives = await _lived(deployment)
    await site.caught_up(deployment)
    there = sum((await site.events(deployment)).values())
    moulds = await _moulds(deployment, agreement_id, lives)
    await asyncio.to_thread(site.stop_services, deployment)
    tell(f"writing {max(0, events - there):,} facts like theirs")
    count = await _fill(deployment, moulds, events - there, tell)
    await tidied(deployment)
    await publish_last(deployment)
    tell("folding their rows")
    rebuilding = said(await asyncio.to_thread(rebuilt, deployment))
    await tidied(deployment)
    tell("starting the services again")
    await asyncio.to_thread(deployment.up)
    await site.caught_up(deployment)
    facts = await site.events(deployment)
    return Seeded(events=facts, lives=count, seconds=perf_counter() - began, rebuilding=rebuilding)


async def _lived(deployment: Deployment) -> tuple[str, Sequence[Life]]:
    """Let some customers live; return their agreement and lives."""
    agreement_id, teams = await asyncio.to_thread(agreed, deployment)
    ground = Ground(agreement_id=agreement_id, teams=teams, customers=())
    lives: list[Life] = []
    async with wired(deployment.urls) as wire, Links.fetched(deployment, wire, agreement_id) as links:
        loops = Loops(wire=wire, ground=ground, crew=Crew.hired(deployment), links=links)
        living = _Living(wire, loops, deployment.token(company=DESK, roles=["touchpoint-agent"], person=AGENT))

        async def live(number: int, _: int) -> None:
            lives.append(await living.live(f"seed-{number:06d}", whole=number < LOOPS))

        await put(LOOPS + CONTACTS, AT_ONCE, live)
    return agreement_id, lives


class _Living:
    """Customers of whom each makes contact once, and some go the whole loop."""

    def __init__(self, wire: Wire, loops: Loops, token: str) -> None:
        self._wire = wire
        self._loops = loops
        self._token = token

    async def live(self, reference: str, *, whole: bool) -> Life:
        agent, ground = Caller(token=self._token), self._loops.ground
        customer_id = await register(self._wire, agent, ground.agreement_id, reference)
        ground = Ground(agreement_id=ground.agreement_id, teams=ground.teams, customers=(customer_id,))
        contact_id = await Contacts(wire=self._wire, ground=ground, agent=agent).record_as(reference)
        case_id = await self._loops.go(customer_id, reference, contact_id) if whole else None
        return Life(reference=reference, company=DESK, customer_id=customer_id, contact_id=contact_id, case_id=case_id)


async def _moulds(deployment: Deployment, agreement_id: str, lives: Sequence[Life]) -> Sequence[Mould]:
    master_key = b64decode(secrets.of_service(deployment.home / "secrets", "touchpoints")["ACUERDO_MASTER_KEY"])
    return [Mould(one, agreement_id, master_key) for one in await templates(deployment, lives)]


async def _fill(deployment: Deployment, moulds: Sequence[Mould], wanted: int, tell: Tell) -> int:
    """Write clones until there are as many facts as *wanted*; return how many clones there are."""
    numbers, turns, run = 0, cycle(moulds), new_key()
    turn = sum(mould.facts for mould in moulds)
    total = len(moulds) * -(-max(0, wanted) // turn)
    async with filling(deployment) as place:
        while numbers < total:
            chunk = range(numbers, min(numbers + _CHUNK, total))
            await place.add([next(turns).clone(f"{run}-{n:08d}", -_APART * (total - n)) for n in chunk])
            numbers = chunk.stop
            if numbers % (_CHUNK * 10) == 0:
                tell(f"{numbers:,} of {total:,} lives")
        await place.go_on_from_here()
    return numbers
