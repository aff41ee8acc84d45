"""What people do: record a contact, open a case, and go the whole loop until the customer is content."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Self

from acuerdo_cli.bench.ground import Ground
from acuerdo_cli.bench.links import Links
from acuerdo_cli.bench.wire import Caller, Wire
from acuerdo_cli.demo.story import AGENT, LEAD, SPLICER
from acuerdo_cli.demo.terms import DESK, NETWORK
from acuerdo_cli.deployment import Deployment
from acuerdo_client.calls import Positions

NEED = "No hay línea desde esta mañana."
_NEVER_LATE = "2099-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Who takes part in a loop; each reads what the others wrote."""

    agent: Caller
    solver: Caller
    lead: Caller
    positions: Positions = field(default_factory=Positions)

    @classmethod
    def hired(cls, deployment: Deployment) -> Self:
        """Return a crew with tokens of *deployment*."""
        positions = Positions()

        def caller(company: str, role: str, person: str) -> Caller:
            return Caller(token=deployment.token(company=company, roles=[role], person=person), positions=positions)

        return cls(
            agent=caller(DESK, "touchpoint-agent", AGENT),
            solver=caller(NETWORK, "solver", SPLICER),
            lead=caller(NETWORK, "team-lead", LEAD),
            positions=positions,
        )

    def anew(self) -> Self:
        """Return the same people, who have seen nothing yet."""
        positions = Positions()
        held = (Caller(token=one.token, positions=positions) for one in (self.agent, self.solver, self.lead))
        agent, solver, lead = held
        return type(self)(agent=agent, solver=solver, lead=lead, positions=positions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loops:
    """Whole loops on one deployment; ``effects`` has how long each opened case took to be seen in solver-teams.

    That is the time in seconds from the answer to the write until the other service's answer holds what it made of it.
    """

    wire: Wire
    ground: Ground
    crew: Crew
    links: Links
    effects: list[float] = field(default_factory=list[float])

    async def go(self, customer_id: str, reference: str, contact_id: str | None = None) -> str:
        """Go the whole loop and return the case: open, offer, accept, solve, negative, action, solve, positive."""
        crew = self.crew.anew()
        case_id = await self._open(crew, customer_id, reference, contact_id)
        item = await self._work(crew, case_id)
        team = {"team_id": self.ground.teams["lines"]}
        await self._do(crew.agent, case_id, item, "offers", team)
        await self._do(crew.solver, case_id, item, "acceptances", team)
        await self._solve(crew, case_id, item)
        await self._answer(crew, case_id, {"score": "1", "reason": "not-solved"})
        await self._amend(crew, case_id)
        await self._solve(crew, case_id, await self._item(crew, case_id))
        await self._answer(crew, case_id, {"score": "5"})
        return case_id

    async def _open(self, crew: Crew, customer_id: str, reference: str, contact_id: str | None) -> str:
        body = {
            "agreement_id": self.ground.agreement_id,
            "customer_id": customer_id,
            "team_id": self.ground.teams["desk"],
            "service": "fibre",
            "activity": "repair",
            "region": "norte",
            "need": NEED,
            "external_reference": reference,
        } | ({"contact_id": contact_id} if contact_id else {})
        return (await self.wire.post(crew.agent, "touchpoints", "/v1/cases", body))["case_id"]

    async def _work(self, crew: Crew, case_id: str) -> str:
        """Return the item of the case that was just opened, and note how long it was not there."""
        began = perf_counter()
        item = await self._item(crew, case_id)
        self.effects.append(perf_counter() - began)
        return item

    async def _item(self, crew: Crew, case_id: str) -> str:
        work: Any = await self.wire.get(crew.agent, "solver-teams", f"/v1/work/{case_id}")
        return work["items"][0]["item_id"]

    async def _solve(self, crew: Crew, case_id: str, item: str) -> None:
        body = {"team_id": self.ground.teams["lines"], "cause": "card", "action": "replaced"}
        await self._do(crew.solver, case_id, item, "solutions", body)

    async def _do(self, caller: Caller, case_id: str, item: str, what: str, body: Mapping[str, object]) -> None:
        await self.wire.post(caller, "solver-teams", f"/v1/work/{case_id}/items/{item}/{what}", body)

    async def _answer(self, crew: Crew, case_id: str, form: dict[str, str]) -> None:
        await self.wire.fill_in(await self.links.of(case_id, crew.positions), form)

    async def _amend(self, crew: Crew, case_id: str) -> None:
        """State the cause and do the action: without both the customer is not asked again."""
        loop, cause = f"/v1/loops/{case_id}", {"cause": "the wrong card"}
        await self.wire.post(crew.lead, "feedback-loop", f"{loop}/root-causes", cause)
        path = f"{loop}/corrective-actions"
        body = {"company": NETWORK, "what": "replace it again", "due": _NEVER_LATE}
        action = await self.wire.post(crew.lead, "feedback-loop", path, body)
        done = f"{path}/{action['action_id']}/completions"
        await self.wire.post(crew.lead, "feedback-loop", done, {"evidence": "light measured at the home"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """Contacts recorded at *path*: at the route that does so, or at one that takes the same and does less."""

    wire: Wire
    ground: Ground
    agent: Caller
    path: str = "/v1/contacts"

    async def record(self, number: int, prefix: str) -> None:
        """Record one contact of the customer whose turn it is."""
        await self.record_as(f"{prefix}-{number}", number)

    async def record_as(self, reference: str, number: int = 0) -> str:
        """Record one contact under *reference* and return its id."""
        body = {
            "agreement_id": self.ground.agreement_id,
            "customer_id": self.ground.customer(number),
            "channel": "phone",
            "external_reference": reference,
            "team_id": self.ground.teams["desk"],
            "summary": NEED,
        }
        return (await self.wire.post(self.agent, "touchpoints", self.path, body))["contact_id"]
