"""Three of every process. Callers ask all replicas for the same thing at once; one worker dies, another freezes."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Self

import asyncpg
import httpx
import pytest

import agreement.wiring
import feedback_loop.wiring
import solver_teams.wiring
import touchpoints.wiring
from acuerdo_cli.commands.status import look
from acuerdo_cli.demo.people import people
from acuerdo_cli.demo.story import AGENT, LEAD, SPLICER, Stage, sign, staff
from acuerdo_cli.demo.terms import DESK, NETWORK, terms
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.testing import agreeing
from acuerdo_cli.testing.agreeing import ONCE_FOR
from acuerdo_cli.testing.harming import followers, holder
from acuerdo_client import Addresses, Answer, AsyncAcuerdoClient
from acuerdo_client.calls import Positions
from common.eventstore.verifying import verify_history
from common.running.service import Service, now
from common.testing.folded import rows

pytestmark = pytest.mark.journey

REPLICAS, SLOTS, LOOPS, QUIET = 3, 4, 12, 4
SERVICES: tuple[Service, ...] = (
    agreement.wiring.service, touchpoints.wiring.service, solver_teams.wiring.service, feedback_loop.wiring.service,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Who takes part in a loop."""

    agent: AsyncAcuerdoClient
    solver: AsyncAcuerdoClient
    lead: AsyncAcuerdoClient
    messaging: AsyncAcuerdoClient
    phone: httpx.AsyncClient

    @classmethod
    async def hired(cls, deployment: Deployment, stack: AsyncExitStack, replica: int = 1) -> Self:
        """Return a crew that calls one *replica* of each service; *stack* closes its connections."""
        positions = Positions()
        wire = await stack.enter_async_context(httpx.AsyncClient(timeout=60))

        async def client(company: str, role: str, person: str) -> AsyncAcuerdoClient:
            token = deployment.token(company=company, roles=[role], person=person)
            addresses = Addresses.named(deployment.urls_of(replica))
            return AsyncAcuerdoClient(addresses, token=token, positions=positions, wait=30, http=wire)

        return cls(
            agent=await client(DESK, "touchpoint-agent", AGENT),
            solver=await client(NETWORK, "solver", SPLICER),
            lead=await client(NETWORK, "team-lead", LEAD),
            messaging=await client(DESK, "integrator", "messaging"),
            phone=wire,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the cases stand on: an agreement in force, its teams, a customer."""

    agreement_id: str
    teams: dict[str, str]
    customer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What became of the cases, and all published facts: by the services and on the stream."""

    ground: Ground
    closed: Sequence[str]
    quiet: Sequence[str]
    facts: Sequence[dict[str, Any]]
    on_stream: Sequence[str]

    def named(self, name: str) -> list[dict[str, Any]]:
        return agreeing.named(self.facts, name)


@pytest.fixture(scope="module")
def replicated(tmp_path_factory: pytest.TempPathFactory) -> Generator[Deployment]:
    whole = Deployment(tmp_path_factory.mktemp("replicas") / ".acuerdo", replicas=REPLICAS, apart=True)
    try:
        whole.up()
        yield whole
    finally:
        whole.down()


@pytest.fixture(scope="module")
def ground(replicated: Deployment) -> Ground:
    agreed = terms()
    agreed["reminders"] |= {"after": ["PT1S"], "silent_after": "PT2S"}
    with people(Addresses.named(replicated.urls), replicated.token) as cast:
        stage = Stage(people=cast, tell=lambda _: None, now=now())
        agreement_id = sign(stage, agreed)
        teams = staff(stage, agreement_id)
        customer = cast(DESK, "touchpoint-agent", AGENT).touchpoints.register_customer(
            agreement_id=agreement_id, external_reference="customer-of-replicas", language="es"
        )
    return Ground(agreement_id=agreement_id, teams=teams, customer_id=customer.body["customer_id"])


@pytest.fixture(scope="module")
async def happened(replicated: Deployment, ground: Ground) -> AsyncGenerator[Happened]:
    closed, quiet = [f"loop-{n}" for n in range(LOOPS)], [f"quiet-{n}" for n in range(QUIET)]
    async with AsyncExitStack() as stack:
        numbers = range(1, REPLICAS + 1)
        pages = [replicated.urls_of(number)["feedback-loop"] for number in numbers]
        slots = [
            Everywhere([await Crew.hired(replicated, stack, number) for number in numbers], pages, ground)
            for _ in range(SLOTS)
        ]
        begun = asyncio.Event()
        harm = asyncio.create_task(harm_two_workers(replicated, begun))
        cases = await in_slots(slots, [*quiet, *closed], begun)
        await harm
        await settle(replicated, slots[0], [cases[one] for one in quiet])
        yield Happened(
            ground=ground,
            closed=[cases[one] for one in closed],
            quiet=[cases[one] for one in quiet],
            facts=await slots[0].published(),
            on_stream=await agreeing.ids_on_stream(replicated, ground.agreement_id),
        )


def test_the_deployment_remembers_its_replicas_and_shows_each(replicated: Deployment, happened: Happened) -> None:
    shown = look(Deployment(replicated.home))["services"]
    assert len(shown) == len(SERVICES) * 2 * REPLICAS
    assert len({one["address"] for one in shown if one["address"]}) == len(shown) - 1, "one worker was killed"


def test_what_was_accepted_by_all_replicas_is_there_once(happened: Happened) -> None:
    opened = Counter(fact["case_id"] for fact in happened.named("case-opened"))
    assert opened == Counter([*happened.closed, *happened.quiet])


def test_no_effect_happens_twice(happened: Happened) -> None:
    assert all(happened.named(name) for name in ONCE_FOR)
    agreeing.no_effect_twice(happened.facts)


def test_each_fact_is_on_the_stream_once(happened: Happened) -> None:
    assert Counter(happened.on_stream) == Counter(fact["id"] for fact in happened.facts)


def test_every_loop_went_two_rounds_and_closed(happened: Happened) -> None:
    assert Counter(fact["case_id"] for fact in happened.named("case-closed")) == Counter(happened.closed)
    rounds = Counter(fact["case_id"] for fact in happened.named("feedback-received"))
    assert rounds == dict.fromkeys(happened.closed, 2)


def test_each_quiet_customer_is_reminded_once_and_left_to_a_person_once(happened: Happened) -> None:
    for name in ("reminder-due", "silence-noted"):
        told = Counter(fact["case_id"] for fact in happened.named(name))
        assert {case: told[case] for case in happened.quiet} == dict.fromkeys(happened.quiet, 1), name


async def test_rows_are_what_the_facts_fold_to_and_the_history_holds(
    replicated: Deployment, happened: Happened
) -> None:
    for service in SERVICES:
        connection = await asyncpg.connect(replicated.database_url(service.name))
        try:
            assert not (await verify_history(connection)).broken
            before = await rows(connection, service.projections)
            assert any(before.values())
            await asyncio.to_thread(replicated.run_once, service.name, "rebuild")
            assert await rows(connection, service.projections) == before
        finally:
            await connection.close()


class Everywhere:
    """The same people at every replica, who all ask for the same thing in the same moment."""

    def __init__(self, crews: Sequence[Crew], pages: Sequence[str], ground: Ground) -> None:
        self._crews = crews
        self._pages = pages
        self._ground = ground

    async def all(self, ask: Callable[[Crew], Awaitable[Answer[Any]]]) -> Any:
        """Return what every replica answered: the same."""
        answers = await asyncio.gather(*(ask(crew) for crew in self._crews))
        assert [one.body for one in answers] == [answers[0].body] * len(answers)
        return answers[0].body

    async def any(self, ask: Callable[[Crew], Awaitable[Any]], holds: Callable[[Any], bool] = bool) -> Any:
        """Return what some replica answers as soon as it is as it shall be."""
        turns = cycle(self._crews)
        async with asyncio.timeout(60):
            while not holds(found := await ask(next(turns))):
                await asyncio.sleep(0.05)
            return found

    async def opened(self, name: str) -> str:
        """A contact and its case."""
        ground = self._ground
        contact = await self.all(
            lambda crew: crew.agent.touchpoints.record_contact(
                agreement_id=ground.agreement_id,
                customer_id=ground.customer_id,
                channel="phone",
                external_reference=f"call-of-{name}",
                team_id=ground.teams["desk"],
                summary="No hay línea.",
                key=f"contact-{name}",
            )
        )
        case = await self.all(
            lambda crew: crew.agent.touchpoints.open_case(
                agreement_id=ground.agreement_id,
                customer_id=ground.customer_id,
                contact_id=contact["contact_id"],
                team_id=ground.teams["desk"],
                service="fibre",
                activity="repair",
                region="norte",
                need="No hay línea.",
                external_reference=name,
                key=f"case-{name}",
            )
        )
        return case["case_id"]

    async def work(self, case: str) -> None:
        """The first round's work, from the offer to the solution."""
        team, item = self._ground.teams["lines"], await self._item(case)
        await self.all(
            lambda crew: crew.agent.solver_teams.offer_work(case, item, team_id=team, key=f"offer-{case}")
        )  # fmt: skip
        await self.all(
            lambda crew: crew.solver.solver_teams.accept_work(case, item, team_id=team, key=f"accept-{case}")
        )
        await self.solve(case, 1)

    async def solve(self, case: str, number: int) -> None:
        team, item = self._ground.teams["lines"], await self._item(case, number)
        await self.all(
            lambda crew: crew.solver.solver_teams.solve_work(
                case, item, team_id=team, cause="card", action="replaced", key=f"solve-{number}-{case}"
            )
        )

    async def amend(self, case: str) -> None:
        """The root cause, and a corrective action done."""
        await self.all(
            lambda crew: crew.lead.feedback_loop.state_root_cause(case, cause="the card", key=f"cause-{case}")
        )  # fmt: skip
        due = "2099-01-01T00:00:00Z"
        action = await self.all(
            lambda crew: crew.lead.feedback_loop.open_corrective_action(
                case, company=NETWORK, what="another card", due=due, key=f"action-{case}"
            )
        )
        await self.all(
            lambda crew: crew.lead.feedback_loop.finish_corrective_action(
                case, action["action_id"], evidence="light", key=f"done-{case}"
            )
        )

    async def deliver(self, case: str) -> str:
        """The link reaches the customer, as every replica is told."""
        link = await self.any(lambda crew: self._link(crew, case))
        await self.all(
            lambda crew: crew.messaging.feedback_loop.confirm_survey_delivery(
                link["request_id"], n=link["n"], key=f"delivered-{link['request_id']}-{link['n']}"
            )
        )
        return link["address"]

    async def answer(self, address: str, score: int) -> None:
        """The customer's answer, sent to every replica; one takes it, the others know it."""
        said = {"score": str(score), "reason": "not-solved"} if score < 3 else {"score": str(score)}
        path = "/survey/" + address.rpartition("/")[2]
        sending = [crew.phone.post(url + path, data=said) for crew, url in zip(self._crews, self._pages, strict=True)]
        statuses = sorted([answer.status_code for answer in await asyncio.gather(*sending)])
        assert statuses[0] == 200
        assert set(statuses[1:]) <= {409, 410}, statuses

    async def published(self) -> list[dict[str, Any]]:
        """Every fact of the agreement that the services published."""
        return await agreeing.published(self._crews[0].messaging, self._ground.agreement_id)

    async def state(self, case: str) -> str:
        return (await self._crews[0].agent.feedback_loop.read_loop(case)).body["state"]

    async def _item(self, case: str, number: int = 1) -> str:
        async def work(crew: Crew) -> Any:
            return (await crew.agent.solver_teams.get_work(case)).body

        found = await self.any(work, lambda body: bool(body["items"]) and body["round"] == number)
        return found["items"][0]["item_id"]

    async def _link(self, crew: Crew, case: str) -> Any:
        listed = await crew.messaging.feedback_loop.list_survey_deliveries(
            agreement_id=self._ground.agreement_id, limit=200
        )
        return next((one for one in listed.body["items"] if one["case_id"] == case), None)


async def in_slots(slots: Sequence[Everywhere], names: Sequence[str], begun: asyncio.Event) -> dict[str, str]:
    """Let the cases go their ways, as many at once as there are slots; return their ids by name."""
    cases: dict[str, str] = {}
    left = iter(names)

    async def go(slot: Everywhere) -> None:
        for name in left:
            cases[name] = await slot.opened(name)
            await slot.work(cases[name])
            if name.startswith("loop"):
                begun.set()
                await go_round(slot, cases[name])

    await asyncio.gather(*(go(slot) for slot in slots))
    return cases


async def go_round(slot: Everywhere, case: str) -> None:
    """Negative feedback, its correction, and the positive one that closes."""
    await slot.answer(await slot.deliver(case), 1)
    await slot.amend(case)
    await slot.solve(case, 2)
    await slot.answer(await slot.deliver(case), 5)


async def harm_two_workers(deployment: Deployment, begun: asyncio.Event) -> None:
    """Kill the worker that publishes the loops' facts; freeze one that takes in cases until it was replaced."""
    await begun.wait()
    os.kill(await holder(deployment, "feedback-loop", "relay"), signal.SIGKILL)
    frozen = (await followers(deployment, "solver-teams", "touchpoints"))[0]
    os.kill(frozen, signal.SIGSTOP)
    try:
        while frozen in await followers(deployment, "solver-teams", "touchpoints"):
            await asyncio.sleep(0.1)
    finally:
        os.kill(frozen, signal.SIGCONT)


async def settle(deployment: Deployment, slot: Everywhere, quiet: Sequence[str]) -> None:
    """Wait until the last reminders are through, and nobody has anything left to publish, take in or show."""
    for case in quiet:
        await slot.any(lambda _, case=case: slot.state(case), lambda state: state == "silent")
    await agreeing.settle(deployment)
