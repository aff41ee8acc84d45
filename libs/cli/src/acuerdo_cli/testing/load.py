"""Requests as people send them while something fails: each is asked again, with its key, until it is answered."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Self

import httpx

from acuerdo_cli.demo.people import people
from acuerdo_cli.demo.story import AGENT, LEAD, SPLICER, Stage, sign, staff
from acuerdo_cli.demo.terms import DESK, NETWORK, terms
from acuerdo_cli.deployment import Deployment
from acuerdo_client import Addresses, AsyncAcuerdoClient, NotFound
from acuerdo_client.calls import Patience, Positions
from common.running.service import now

UNTIL_ANSWERED = Patience(tries=100_000, first=0.05, longest=0.5)
_TO_FINISH = 300.0  # seconds that what was begun may take once everything works again
_LONG_AGO = {"after": ["P10D"], "silent_after": "P20D"}  # nobody is reminded while a test runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A deployment and what the load stands on: an agreement in force, its teams, a customer."""

    deployment: Deployment
    agreement_id: str
    teams: dict[str, str]
    customer_id: str


@dataclass(slots=True, kw_only=True)
class Answered:
    """What was answered 2xx, by reference: contacts, cases, and which of these were closed."""

    contacts: dict[str, str] = field(default_factory=dict[str, str])
    cases: dict[str, str] = field(default_factory=dict[str, str])
    closed: dict[str, str] = field(default_factory=dict[str, str])

    def as_it_is(self) -> "Answered":
        """Return a copy that does not change any more."""
        return replace(self, contacts=dict(self.contacts), cases=dict(self.cases), closed=dict(self.closed))

    def add(self, other: "Answered") -> None:
        """What was answered in *other* was answered here too."""
        self.contacts |= other.contacts
        self.cases |= other.cases
        self.closed |= other.closed

    def __len__(self) -> int:
        """Return how much was answered."""
        return len(self.contacts) + len(self.cases) + len(self.closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who takes part in a loop; what one of them has written the others read."""

    agent: AsyncAcuerdoClient
    solver: AsyncAcuerdoClient
    lead: AsyncAcuerdoClient
    manager: AsyncAcuerdoClient
    messaging: AsyncAcuerdoClient
    phone: httpx.AsyncClient

    @classmethod
    async def called(cls, deployment: Deployment, stack: AsyncExitStack, patience: Patience = UNTIL_ANSWERED) -> Self:
        """Return people who do not give up; *stack* closes their connections."""
        positions = Positions()
        wire = await stack.enter_async_context(httpx.AsyncClient(timeout=90))
        addresses = Addresses.named(deployment.urls)

        def client(company: str, role: str, person: str) -> AsyncAcuerdoClient:
            token = deployment.token(company=company, roles=[role], person=person)
            return AsyncAcuerdoClient(
                addresses, token=token, positions=positions, wait=5, http=wire, patience=patience
            )  # fmt: skip

        return cls(
            agent=client(DESK, "touchpoint-agent", AGENT),
            solver=client(NETWORK, "solver", SPLICER),
            lead=client(NETWORK, "team-lead", LEAD),
            manager=client(DESK, "manager", "andrés@contacto-sur"),
            messaging=client(DESK, "integrator", "messaging"),
            phone=wire,
        )


def settled_in(deployment: Deployment) -> Site:
    """Bring an agreement into force, staff its teams and register a customer."""
    agreed = terms()
    agreed["reminders"] |= _LONG_AGO
    with people(Addresses.named(deployment.urls), deployment.token) as cast:
        stage = Stage(people=cast, tell=lambda _: None, now=now())
        agreement_id = sign(stage, agreed)
        teams = staff(stage, agreement_id)
        customer = cast(DESK, "touchpoint-agent", AGENT).touchpoints.register_customer(
            agreement_id=agreement_id,
            external_reference="somebody",
            language="es",
            personal={"name": "Ana Ruiz", "phone": "+573001112233"},
        )
    return Site(
        deployment=deployment, agreement_id=agreement_id, teams=teams, customer_id=customer.body["customer_id"]
    )  # fmt: skip


class Load:
    """Workers who record contacts, open cases and go loops; what they are answered is in ``answered``.

    *name* begins every reference, so that no load repeats what another did; *patience*: how often each is asked again.
    """

    def __init__(self, site: Site, answered: Answered, name: str, patience: Patience = UNTIL_ANSWERED) -> None:
        self._site = site
        self._name = name
        self._patience = patience
        self._ending = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._begun = set[str]()
        self.answered = answered

    async def begin(self, stack: AsyncExitStack, *, contacts: int = 2, cases: int = 1, loops: int = 2) -> None:
        """Have as many workers of each kind at work."""
        works = [self._contacts] * contacts + [self._cases] * cases + [self._loops] * loops
        for number, work in enumerate(works):
            cast = await Cast.called(self._site.deployment, stack, self._patience)
            self._tasks.append(asyncio.create_task(work(cast, f"{self._name}-{number}")))

    async def goes_on(self, more: int = 30) -> None:
        """Return when *more* was answered than now; fails when the load itself has failed."""
        goal = len(self.answered) + more
        async with asyncio.timeout(_TO_FINISH):
            while len(self.answered) < goal:
                self._complain()
                await asyncio.sleep(0.02)

    async def end(self) -> None:
        """Return when everything that was begun was answered, every loop closed."""
        self._ending.set()
        _, stuck = await asyncio.wait(self._tasks, timeout=_TO_FINISH)
        self._complain()
        assert not stuck, f"never answered: {sorted(self._begun)}"

    async def abandon(self) -> None:
        """Return when nobody asks for anything any more, whatever was begun."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _complain(self) -> None:
        for task in self._tasks:
            if task.done():
                task.result()

    async def _contacts(self, cast: Cast, name: str) -> None:
        await self._repeat(name, lambda reference: self._contact(cast, reference), pause=0.1)

    async def _cases(self, cast: Cast, name: str) -> None:
        await self._repeat(name, lambda reference: self.case(cast, reference), pause=0.4)

    async def _loops(self, cast: Cast, name: str) -> None:
        await self._repeat(name, lambda reference: self.loop(cast, reference), pause=0.1)

    async def _repeat(self, name: str, once: Callable[[str], Coroutine[Any, Any, object]], *, pause: float) -> None:
        number = 0
        while not self._ending.is_set():
            number += 1
            self._begun.add(reference := f"{name}-{number}")
            await once(reference)
            self._begun.remove(reference)
            await asyncio.sleep(pause)

    async def _contact(self, cast: Cast, reference: str) -> None:
        answer = await cast.agent.touchpoints.record_contact(
            agreement_id=self._site.agreement_id,
            customer_id=self._site.customer_id,
            channel="phone",
            external_reference=reference,
            team_id=self._site.teams["desk"],
            summary="No hay línea desde esta mañana.",
            key=f"contact-{reference}",
        )
        self.answered.contacts[reference] = answer.body["contact_id"]

    async def case(self, cast: Cast, reference: str) -> str:
        """Open a case and return its id."""
        answer = await cast.agent.touchpoints.open_case(
            agreement_id=self._site.agreement_id,
            customer_id=self._site.customer_id,
            team_id=self._site.teams["desk"],
            service="fibre",
            activity="repair",
            region="norte",
            need="No hay línea.",
            external_reference=reference,
            key=f"case-{reference}",
        )
        self.answered.cases[reference] = answer.body["case_id"]
        return answer.body["case_id"]

    async def loop(self, cast: Cast, reference: str) -> None:
        """Go the whole round: open, offer, accept, solve, negative, corrective action, solve, positive."""
        case_id = await self.case(cast, reference)
        await self.close(cast, case_id)
        self.answered.closed[reference] = case_id

    async def close(self, cast: Cast, case_id: str) -> None:
        """Go the round for a case that is open and has no holder yet."""
        team, item = self._site.teams["lines"], await _item(cast, case_id, 1)
        await cast.agent.solver_teams.offer_work(case_id, item, team_id=team, key=f"offer-{case_id}")
        await cast.solver.solver_teams.accept_work(case_id, item, team_id=team, key=f"accept-{case_id}")
        await _solve(cast, case_id, item, team, 1)
        await self._hear(cast, case_id, 1)
        await cast.lead.feedback_loop.state_root_cause(case_id, cause="the wrong card", key=f"cause-{case_id}")
        action = await cast.lead.feedback_loop.open_corrective_action(
            case_id, company=NETWORK, what="another card", due="2099-01-01T00:00:00Z", key=f"action-{case_id}"
        )
        await cast.lead.feedback_loop.finish_corrective_action(
            case_id, action.body["action_id"], evidence="light", key=f"done-{case_id}"
        )
        await _solve(cast, case_id, await _item(cast, case_id, 2), team, 2)
        await self._hear(cast, case_id, 5)

    async def _hear(self, cast: Cast, case_id: str, score: int) -> None:
        """Let the customer answer: by the link, which reaches them, and until the page says that it was taken."""
        link = await _eventually(lambda: self._link(cast, case_id))
        await cast.messaging.feedback_loop.confirm_survey_delivery(
            link["request_id"], n=link["n"], key=f"delivered-{link['request_id']}-{link['n']}"
        )
        said = {"score": str(score), "reason": "not-solved"} if score < 3 else {"score": str(score)}
        url = f"{self._site.deployment.urls['feedback-loop']}/survey/{link['address'].rpartition('/')[2]}"
        while not await _posted(cast.phone, url, said):
            await asyncio.sleep(0.2)

    async def _link(self, cast: Cast, case_id: str) -> Any:
        listed = await cast.messaging.feedback_loop.list_survey_deliveries(
            agreement_id=self._site.agreement_id, limit=200
        )
        return next((one for one in listed.body["items"] if one["case_id"] == case_id), None)


@asynccontextmanager
async def under_load(site: Site, answered: Answered, name: str) -> AsyncGenerator[Load]:
    """Have people ask for things inside the block; at its end they finish what they began."""
    async with AsyncExitStack() as stack:
        load = Load(site, answered, name)
        try:
            await load.begin(stack)
            await load.goes_on()
            yield load
            await load.end()
        finally:
            await load.abandon()


async def _item(cast: Cast, case_id: str, number: int) -> str:
    async def work() -> Any:
        found = (await cast.agent.solver_teams.get_work(case_id)).body
        return found if found["items"] and found["round"] == number else None

    return (await _eventually(work))["items"][0]["item_id"]


async def _solve(cast: Cast, case_id: str, item: str, team: str, number: int) -> None:
    await cast.solver.solver_teams.solve_work(
        case_id, item, team_id=team, cause="card", action="replaced", key=f"solve-{number}-{case_id}"
    )


async def _posted(phone: httpx.AsyncClient, url: str, said: dict[str, str]) -> bool:
    """Tell whether the answer was taken: now, or by a try before this whose answer was lost."""
    try:
        answer = await phone.post(url, data=said)
    except httpx.TransportError:
        return False
    if answer.status_code in {429, 502, 503, 504}:
        return False
    assert answer.status_code in {200, 409, 410}, (answer.status_code, answer.text)
    return True


async def _eventually(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Return what *ask* gives as soon as it gives something; what is not known here yet is asked for again."""
    while True:
        try:
            found = await ask()
        except NotFound:
            found = None
        if found:
            return found
        await asyncio.sleep(0.1)
