"""The people of one worker of the load: clients that read what each other wrote, and nobody else's."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Self

import httpx

from acuerdo_cli.demo.story import AGENT, LEAD, SPLICER
from acuerdo_cli.demo.terms import DESK, NETWORK
from acuerdo_cli.deployment import Deployment
from acuerdo_client import Addresses, AsyncAcuerdoClient
from acuerdo_client.calls import Positions


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
    """What the load stands on: an agreement in force, its teams, a customer."""

    agreement_id: str
    teams: dict[str, str]
    customer_id: str


async def contact(crew: Crew, ground: Ground, number: int) -> None:
    """Record one contact."""
    await crew.agent.touchpoints.record_contact(
        agreement_id=ground.agreement_id,
        customer_id=ground.customer_id,
        channel="phone",
        external_reference=f"bench-{number}",
        team_id=ground.teams["desk"],
        summary="No hay línea desde esta mañana.",
    )


async def case(crew: Crew, ground: Ground, reference: str) -> str:
    """Open one case and return its id."""
    opened = await crew.agent.touchpoints.open_case(
        agreement_id=ground.agreement_id,
        customer_id=ground.customer_id,
        team_id=ground.teams["desk"],
        service="fibre",
        activity="repair",
        region="norte",
        need="No hay línea desde esta mañana.",
        external_reference=reference,
    )
    return opened.body["case_id"]


async def effect(crew: Crew, ground: Ground, number: int) -> None:
    """Open a case and wait until its work is there in another service."""
    case_id = await case(crew, ground, f"effect-{number}")
    await crew.agent.solver_teams.get_work(case_id)


async def loop(crew: Crew, ground: Ground, number: int) -> None:
    """Go the whole round: open, offer, accept, solve, negative, corrective action, solve, positive."""
    case_id = await case(crew, ground, f"loop-{number}")
    team = ground.teams["lines"]
    item = await _item(crew, case_id)
    await crew.agent.solver_teams.offer_work(case_id, item, team_id=team)
    await crew.solver.solver_teams.accept_work(case_id, item, team_id=team)
    await crew.solver.solver_teams.solve_work(case_id, item, team_id=team, cause="card", action="replaced")
    await _answer(crew, ground, case_id, 1)
    await crew.lead.feedback_loop.state_root_cause(case_id, cause="the wrong card")
    action = await crew.lead.feedback_loop.open_corrective_action(
        case_id, company=NETWORK, what="replace it again", due="2099-01-01T00:00:00Z"
    )
    await crew.lead.feedback_loop.finish_corrective_action(case_id, action.body["action_id"], evidence="done")
    again = await _item(crew, case_id)
    await crew.solver.solver_teams.solve_work(case_id, again, team_id=team, cause="card", action="replaced")
    await _answer(crew, ground, case_id, 5)


async def _item(crew: Crew, case_id: str) -> str:
    while True:
        items: list[Any] = (await crew.agent.solver_teams.get_work(case_id)).body["items"]
        if items:
            return items[0]["item_id"]


async def _answer(crew: Crew, ground: Ground, case_id: str, score: int) -> None:
    while True:
        page = await crew.messaging.feedback_loop.list_survey_deliveries(agreement_id=ground.agreement_id, limit=200)
        mine = next((one for one in page.body["items"] if one["case_id"] == case_id), None)
        if mine is not None:
            break
    said = {"score": str(score), "reason": "not-solved"} if score < 3 else {"score": str(score)}
    (await crew.phone.post(mine["address"], data=said)).raise_for_status()
