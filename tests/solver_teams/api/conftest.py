"""The service on a real PostgreSQL, asked over HTTP; others' facts reach its reactions when a test tells them."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
import uuid_utils.compat

from common.eventstore.migrating import migrate
from common.eventstore.recorded import Context
from common.projecting import Projector
from common.running import feed
from common.running.disclosing import disclosing
from common.running.service import Parts, opened
from common.security.identity import Caller, Unauthenticated
from common.values import Rule
from common.web.app import create_app
from common.web.runtime import Runtime
from solver_teams.settings import Settings
from solver_teams.wiring import service

OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICE = {"time_zone": "Europe/Madrid", "week": {"mon": [["09:00", "18:00"]]}}

SIGNED: dict[str, Any] = {
    "services": [{"clause_id": "sv-1", "service": "fibre", "name": "Fibre"}],
    "activities": [{"clause_id": "ac-1", "activity": "repair", "name": "Repair"}],
    "regions": [{"clause_id": "re-1", "region": "north", "name": "North"}],
    "boundaries": [
        {
            "clause_id": "b-1",
            "service": "fibre",
            "activity": "repair",
            "region": "*",
            "accountable": "net-b",
            "in_scope": True,
        }
    ],
    "calendars": [{"clause_id": "ca-1", "calendar": "office", "time_zone": "UTC", "week": {}, "holidays": []}],
}


class Clock:
    """Time that passes only when a test lets it."""

    def __init__(self) -> None:
        self.time = OPENED + timedelta(hours=1)

    def __call__(self) -> datetime:
        return self.time

    def passes(self, **length: float) -> None:
        """Let time pass."""
        self.time += timedelta(**length)


class KnownTokens:
    """Who a token speaks for is written in the token: ``person/company/role+role``, ``robot/...`` for a service."""

    async def caller(self, token: str) -> Caller:
        parts = token.split("/")
        if len(parts) != 3:
            raise Unauthenticated
        roles = frozenset(parts[2].split("+"))
        return Caller(person=parts[0], company=parts[1], roles=roles, service=parts[0] == "robot")


class House:
    """The service, and those who ask it."""

    def __init__(self, parts: Parts, transport: httpx.ASGITransport, clock: Clock) -> None:
        self.parts = parts
        self.clock = clock
        self.projector = Projector(parts.pool, parts.store, service.history, service.projections)
        self._transport = transport
        self.told = 0
        self.agreement_id = uuid_utils.compat.uuid7()

    async def ask(self, token: str, method: str, path: str, **how: Any) -> httpx.Response:
        """Ask in the name of whoever the token speaks for."""
        headers = {"authorization": f"Bearer {token}"} | how.pop("headers", {})
        async with httpx.AsyncClient(transport=self._transport, base_url="http://solver-teams") as client:
            return await client.request(method, path, headers=headers, **how)

    async def hear(self, source: str, name: str, fact: Mapping[str, Any], *, imported: bool = False) -> None:
        """Let a published fact reach the reactions that wait for it, which go on telling what was told."""
        body = msgspec.json.encode(fact, enc_hook=str)
        for reaction in service.reactions:
            if (reaction.source, reaction.name) == (source, name):
                sends = await reaction.react(msgspec.json.decode(body, type=reaction.shape), self.parts.handle.look)
                for send in sends:
                    context = Context(
                        actor=Rule(rule=f"upon {name}"), correlation=uuid_utils.compat.uuid7(), imported=imported
                    )
                    await self.parts.handle(send.kind, send.key, send.command, context=context)

    async def settle(self) -> None:
        """Let everything that follows from what was stated happen."""
        while facts := await self.parts.store.read_log(after=self.told, limit=500):
            for fact in facts:
                self.told = fact.position
                if fact.published:
                    await self.hear("solver-teams", fact.name, msgspec.json.decode(fact.data), imported=fact.imported)
        while await self.projector.step():
            pass

    async def sign(self, *parties: str, version: int = 1, **terms: Any) -> None:
        """Let the agreement be in force, between the three companies unless others are named."""
        fact = {
            "agreement_id": self.agreement_id,
            "version": version,
            "content_hash": "00",
            "effective_from": datetime(2010, 1, 1, tzinfo=UTC),
            "parties": parties or ["telco-a", "net-b", "desk-c"],
            "terms": SIGNED | terms,
            "at": OPENED,
        }
        await self.hear("agreement", "agreement-in-force", fact)
        await self.settle()

    async def team(self, name: str, *members: tuple[str, str], **more: Any) -> str:
        """Register a team; return its id."""
        named = more.pop("companies", None) or sorted({company for _, company in members})
        lead = more.pop("lead", "net-b" if "net-b" in named else named[0])
        body = {
            "agreement_id": str(self.agreement_id),
            "name": name,
            "companies": named,
            "members": [{"person": person, "company": company} for person, company in members if company == lead],
            "coverage": [{"service": "fibre"}],
            "calendar": OFFICE,
        } | more
        answer = await self.ask(f"lea/{lead}/team-lead", "POST", "/v1/teams", json=body)
        assert answer.status_code == 201, answer.text
        team_id = answer.json()["team_id"]
        for person, company in members:
            if company != lead:
                await self.join(team_id, person, company)
        await self.settle()
        return team_id

    async def join(self, team_id: str, person: str, company: str) -> None:
        """Let a person join, by a lead of their own company."""
        member = {"person": person, "company": company}
        joined = await self.ask(f"lead/{company}/team-lead", "POST", f"/v1/teams/{team_id}/members", json=member)
        assert joined.status_code == 200, joined.text

    async def case(self, **more: Any) -> tuple[str, str]:
        """Let a case be opened at telco-a; return its id and that of its first item, none if it was solved."""
        case_id = uuid_utils.compat.uuid7()
        fact = {
            "case_id": case_id,
            "agreement_id": self.agreement_id,
            "agreement_version": 1,
            "customer_id": UUID(int=1),
            "team_id": UUID(int=2),
            "company": "telco-a",
            "service": "fibre",
            "activity": "repair",
            "region": "north",
            "priority": "high",
            "accountable": "net-b",
            "accountable_clause": "b-1",
            "solved_at_contact": None,
            "imported_by": "telco-a" if more.get("imported") else None,
            "at": OPENED,
        } | more
        await self.hear("touchpoints", "case-opened", fact, imported=bool(more.get("imported")))
        await self.settle()
        work = await self.work(str(case_id))
        return str(case_id), next((item["item_id"] for item in work["items"]), "")

    async def loop(self, name: str, case_id: str, *, imported: bool = False, **more: Any) -> None:
        """Let the loop of the case tell something."""
        fact = {"case_id": case_id, "agreement_id": self.agreement_id, "round": 1, "at": self.clock()} | more
        await self.hear("feedback-loop", name, fact, imported=imported)
        await self.settle()

    async def work(self, case_id: str) -> dict[str, Any]:
        """Return the work of the case as a manager sees it."""
        answer = await self.ask("max/telco-a/manager", "GET", f"/v1/work/{case_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def do(self, token: str, case_id: str, item_id: str, what: str, **body: Any) -> httpx.Response:
        """Do something with an item."""
        return await self.ask(token, "POST", f"/v1/work/{case_id}/items/{item_id}/{what}", json=body)


@pytest.fixture(scope="module")
async def parts(module_database: str) -> AsyncIterator[Parts]:
    settings = Settings.model_validate(
        {
            "environment": "development",
            "database_url": module_database,
            "nats_url": "nats://127.0.0.1:1",
            "issuer": "tests",
            "jwks_url": "file:///nowhere.json",
        }
    )
    await migrate(module_database, service.migrations)
    async with opened(service, settings) as made:
        yield made


@pytest.fixture
async def house(parts: Parts) -> AsyncIterator[House]:
    clock = Clock()
    runtime = Runtime(
        service=service.name,
        handle=parts.handle,
        store=parts.store,
        tokens=KnownTokens(),
        clock=clock,
        new_id=uuid_utils.compat.uuid7,
        parties=parts.parties,
        agreements=parts.agreements,
        db=parts.engine,
        disclose=disclosing(parts.handle, service.history, service.confidences),
    )
    app = create_app(
        service=service.name, title=service.title, routers=(*service.routers, feed.router), runtime=runtime
    )
    transport = httpx.ASGITransport(app=app)
    house = House(parts, transport, clock)
    house.told = await parts.store.head()
    await house.sign()
    yield house
    await transport.aclose()
