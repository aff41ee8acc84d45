"""The four services in one process, each on its own database; what one publishes reaches the others when told to."""

import base64
import importlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any, cast
from uuid import UUID

import httpx
import pytest
import uuid_utils.compat
from fastapi import FastAPI

from agreement.api.terms import EXAMPLE
from common.eventstore.migrating import migrate
from common.eventstore.recorded import Context
from common.messaging import envelope
from common.messaging.waiting import Letter
from common.projecting import Projector
from common.refusals import NotYet
from common.running import feed
from common.running.contract import contract_of
from common.running.progress import Seen
from common.running.runtime import runtime_of
from common.running.service import Parts, Service, opened
from common.security.identity import Caller, Unauthenticated
from common.security.nkeys import seed_of
from common.testing.keeping import keep
from common.values import Rule
from common.web.app import create_app
from feedback_loop.domain.loop_commands import NoteSolution, Solution
from feedback_loop.history import LOOP, request_of_round

PACKAGES = ("agreement", "touchpoints", "solver_teams", "feedback_loop")
KEY = base64.b64encode(bytes(range(32))).decode()
KEYS = {
    "agreement": {"callout_seed": seed_of(bytes(range(32)))},
    "touchpoints": {"master_key": KEY},
    "feedback_loop": {"survey_key": KEY},
}


class KnownTokens:
    """Who a token speaks for is written in the token: ``person/company/role+role``, ``robot/...`` for a service."""

    async def caller(self, token: str) -> Caller:
        parts = token.split("/")
        if len(parts) != 3:
            raise Unauthenticated
        roles = frozenset(parts[2].split("+"))
        return Caller(person=parts[0], company=parts[1], roles=roles, service=parts[0] == "robot")


@dataclass
class House:
    """One service as it answers."""

    parts: Parts
    app: FastAPI
    projector: Projector
    told: int = 0

    def ask(self, token: str = "") -> httpx.AsyncClient:
        """Return a client of whoever the token speaks for."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url="http://services", headers=headers)

    async def good(self, token: str, method: str, path: str, body: object = None) -> Any:
        """Ask for what must succeed."""
        async with self.ask(token) as client:
            answer = await client.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json()


@dataclass
class Village:
    """The four services."""

    houses: dict[str, House] = field(default_factory=dict[str, House])

    def __getitem__(self, package: str) -> House:
        return self.houses[package]

    async def settle(self) -> None:
        """Let everything that follows from what was stated happen, in all services."""
        while any([await self._tell(house) for house in self.houses.values()]):
            pass
        for house in self.houses.values():
            while await house.projector.step():
                pass

    async def _tell(self, house: House) -> bool:
        facts = await house.parts.store.read_log(after=house.told, limit=500)
        for fact in facts:
            house.told = fact.position
            name = house.parts.service.name
            if fact.published:
                headers = envelope.headers(name, fact, 0)
                message = envelope.read(headers, fact.data)
                for listener in self.houses.values():
                    await _hear(listener, message)
                    await keep(listener.parts, _letter(message, headers))
        return bool(facts)


async def _hear(house: House, message: envelope.Message) -> None:
    for reaction in house.parts.service.reactions:
        if (reaction.source, reaction.name) == (message.source, message.name):
            try:
                sends = await reaction.react(reaction.read(message), house.parts.handle.look)
            except NotYet:
                continue  # a fact that the story leaves out
            for send in sends:
                context = Context(actor=Rule(rule=f"upon {message.name}"), correlation=uuid_utils.compat.uuid7())
                await house.parts.handle(send.kind, send.key, send.command, context=context)


def _letter(message: envelope.Message, headers: Mapping[str, str]) -> Letter:
    return Letter(
        id=message.event_id,
        source=message.source,
        stream=message.stream,
        position=message.position,
        name=message.name,
        headers=headers,
        body=message.data,
    )


async def _house(package: str, url: str, stack: AsyncExitStack) -> House:
    service = cast("Service", importlib.import_module(f"{package}.wiring").service)
    given = {
        "environment": "development",
        "database_url": url,
        "nats_url": "nats://127.0.0.1:1",
        "issuer": "tests",
        "jwks_url": "file:///nowhere.json",
    }
    settings = service.settings.model_validate({**given, **KEYS.get(package, {})})
    await migrate(url, service.migrations)
    parts = await stack.enter_async_context(opened(service, settings, on_append=lambda _: None))
    runtime = replace(runtime_of(parts, Seen(parts.pool, service.name)), tokens=KnownTokens())
    routers = (*service.routers, feed.router, contract_of(service))
    app = create_app(service=service.name, title=service.title, routers=routers, runtime=runtime)
    for name, held in service.state(settings, parts.pool).items():
        setattr(app.state, name, held)
    return House(parts, app, Projector(parts.pool, parts.store, service.history, service.projections))


@pytest.fixture
async def village(new_database: Callable[[], str]) -> AsyncIterator[Village]:
    async with AsyncExitStack() as stack:
        yield Village({package: await _house(package, new_database(), stack) for package in PACKAGES})


Real = Mapping[str, UUID | str | int]


@pytest.fixture
async def real(village: Village) -> Real:
    """Let telco-a and net-b sign, a customer have a case, teams be there; return the ids of all that is there."""
    agreement_id = await _signed(village["agreement"])
    await village.settle()
    desk = village["touchpoints"]
    about = {"agreement_id": agreement_id}
    named = {**about, "external_reference": "C-1", "language": "es", "personal": {"name": "Lucía"}}
    customer = await desk.good("ana/telco-a/touchpoint-agent", "POST", "/v1/customers", named)
    who = {**about, "customer_id": customer["customer_id"]}
    called = {**who, "channel": "phone", "external_reference": "call-1", "summary": "no signal"}
    contact = await desk.good("ana/telco-a/touchpoint-agent", "POST", "/v1/contacts", called)
    need = {**who, "service": "fibre", "activity": "repair", "region": "north", "need": "repair"}
    case = await desk.good("ana/telco-a/touchpoint-agent", "POST", "/v1/cases", need)
    team = await desk.good(
        "leo/telco-a/team-lead", "POST", "/v1/teams",
        {**about, "external_reference": "front", "name": "Front", "purpose": "first contact", "time_zone": "UTC",
         "calendar": "office", "languages": ["es"]},
    )  # fmt: skip
    crew = await village["solver_teams"].good(
        "lea/net-b/team-lead", "POST", "/v1/teams",
        {**about, "name": "Crew", "coverage": [{"service": "fibre"}],
         "members": [{"person": "sol", "company": "net-b"}], "calendar": {"time_zone": "UTC", "week": {}}},
    )  # fmt: skip
    await village.settle()
    work = await village["solver_teams"].good("lea/net-b/team-lead", "GET", f"/v1/work/{case['case_id']}")
    return {
        **who, "contact_id": contact["contact_id"], "case_id": case["case_id"], "number": 1, "company": "telco-a",
        "person": "ana", "touchpoints_team": team["team_id"], "solver_teams_team": crew["team_id"],
        "item_id": work["items"][0]["item_id"], **await _filed(village["agreement"], agreement_id),
        **await _asked(village, case["case_id"]),
    }  # fmt: skip


async def _signed(house: House) -> str:
    for company in ("telco-a", "net-b"):
        body = {"company": company, "name": company, "time_zone": "UTC", "language": "es"}
        await house.good(f"max/{company}/manager", "POST", "/v1/companies", body)
    draft = {
        "title": "Fibre", "parties": ["telco-a", "net-b"], "effective_from": "2020-01-01T00:00:00Z", "terms": EXAMPLE,
    }  # fmt: skip
    drafted = await house.good("max/telco-a/manager", "POST", "/v1/agreements", draft)
    path = f"/v1/agreements/{drafted['agreement_id']}"
    for company in ("telco-a", "net-b"):
        hashed = (await house.good(f"eva/{company}/sme", "GET", path))["on_the_table"]["boundaries_hash"]
        await house.good(f"eva/{company}/sme", "POST", f"{path}/boundary-approvals", {"boundaries_hash": hashed})
    await house.good("max/telco-a/manager", "POST", f"{path}/proposal")
    for company in ("telco-a", "net-b"):
        hashed = (await house.good(f"max/{company}/manager", "GET", path))["on_the_table"]["content_hash"]
        await house.good(f"max/{company}/manager", "POST", f"{path}/signatures", {"content_hash": hashed})
    return drafted["agreement_id"]


async def _filed(house: House, agreement_id: str) -> Real:
    path, at = f"/v1/agreements/{agreement_id}", "2026-03-10T10:00:00Z"
    claim = {"clause_id": "p-1", "against": "net-b", "event_at": at, "description": "late"}
    proposal = {"title": "Saturdays", "description": "work on them too"}
    claimed = await house.good("max/telco-a/manager", "POST", f"{path}/claims", claim)
    proposed = await house.good("max/telco-a/manager", "POST", f"{path}/improvement-proposals", proposal)
    await house.projector.step()
    return {"claim_id": claimed["claim_id"], "proposal_id": proposed["proposal_id"]}


async def _asked(village: Village, case_id: str) -> Real:
    """Open an action, propose a solution and take feedback, so that there is a request and something to approve."""
    house, path = village["feedback_loop"], f"/v1/loops/{case_id}"
    action = {"company": "net-b", "what": "new cable", "due": "2030-01-01T00:00:00Z"}
    begun = await house.good("lea/net-b/team-lead", "POST", f"{path}/corrective-actions", action)
    request_id = request_of_round(UUID(case_id), 1)
    command = NoteSolution(
        round=1,
        solution=Solution(cause="cable", action="new cable", attribution=()),
        request_id=request_id,
        imported=False,
        at=house.app.state.runtime.clock(),
    )
    context = Context(actor=Rule(rule="test"), correlation=uuid_utils.compat.uuid7())
    await house.parts.handle(LOOP, case_id, command, context=context)
    taken = {"scale": "csat", "score": 2, "channel": "phone"}
    said = await house.good("ana/telco-a/touchpoint-agent", "POST", f"{path}/taken-feedback", taken)
    await village.settle()
    return {"action_id": begun["action_id"], "request_id": str(request_id), "feedback_id": said["feedback_id"]}
