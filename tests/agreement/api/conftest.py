"""The agreement service on a real database, asked over HTTP; who asks is written in the token."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from agreement.api.terms import EXAMPLE
from agreement.settings import Settings
from agreement.wiring import service
from common.eventstore.migrating import migrate
from common.projecting import Projector
from common.running.service import Parts, new_id, now, opened
from common.security.identity import Caller
from common.security.nkeys import seed_of
from common.values import value
from common.web.app import create_app
from common.web.problems import Unauthenticated
from common.web.runtime import Runtime

PARTIES = ("telco-a", "net-b")


class KnownTokens:
    """A token is ``person/company/role``; the person ``robot`` is a service."""

    async def caller(self, token: str) -> Caller:
        person, _, rest = token.partition("/")
        company, _, role = rest.partition("/")
        if not role:
            raise Unauthenticated
        return Caller(person=person, company=company, roles=frozenset(role.split("+")), service=person == "robot")


@pytest.fixture(scope="module")
async def parts(module_database: str) -> AsyncIterator[Parts]:
    settings = Settings(
        environment="development",
        database_url=module_database,  # pyright: ignore[reportArgumentType] - pydantic makes it a secret
        nats_url="nats://nowhere",  # pyright: ignore[reportArgumentType] - as above
        issuer="tests",
        jwks_url="file:///nothing",
        callout_seed=seed_of(bytes(range(32))),  # pyright: ignore[reportArgumentType] - as above
    )
    await migrate(module_database, service.migrations)
    async with opened(service, settings, on_append=lambda _: None) as parts:
        yield parts


@pytest.fixture(scope="module")
def app(parts: Parts) -> FastAPI:
    runtime = Runtime(
        service=service.name,
        handle=parts.handle,
        store=parts.store,
        tokens=KnownTokens(),
        clock=now,
        new_id=new_id,
        parties=parts.parties,
        agreements=parts.agreements,
        db=parts.engine,
    )
    return create_app(service=service.name, title=service.title, routers=service.routers, runtime=runtime)


@pytest.fixture
def settled(parts: Parts) -> Callable[[], Any]:
    """Let the rows catch up with the facts."""
    projector = Projector(parts.pool, parts.store, service.history, service.projections)

    async def settle() -> None:
        while await projector.step():
            pass

    return settle


@value
class Asking:
    """Asks the service in somebody's name."""

    app: FastAPI

    async def __call__(self, method: str, path: str, who: str, json: object = None, **headers: str) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app)
        named = {name.replace("_", "-"): told for name, told in headers.items()}
        if who:
            named["authorization"] = f"Bearer {who}"
        async with httpx.AsyncClient(transport=transport, base_url="http://agreement", headers=named) as client:
            return await client.request(method, path, json=json)

    async def good(self, method: str, path: str, who: str, json: object = None, **headers: str) -> Any:
        answer = await self(method, path, who, json, **headers)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture
def ask(app: FastAPI) -> Asking:
    return Asking(app=app)


@pytest.fixture
def example() -> Mapping[str, Any]:
    return EXAMPLE


@value
class Story:
    """An agreement on its way into force."""

    ask: Asking

    async def register(self) -> None:
        for company in (*PARTIES, "rival"):
            body = {"company": company, "name": company.title(), "time_zone": "Europe/Madrid", "language": "es"}
            await self.ask.good("POST", "/v1/companies", f"ana/{company}/manager", body)

    async def draft(self, **changes: object) -> UUID:
        await self.register()
        body = {
            "title": "Fibre in the north",
            "parties": PARTIES,
            "effective_from": "2026-01-01T00:00:00+01:00",
            "terms": EXAMPLE,
            **changes,
        }
        drafted = await self.ask.good("POST", "/v1/agreements", "ana/telco-a/manager", body)
        return UUID(drafted["agreement_id"])

    async def propose(self, agreement_id: UUID) -> Any:
        return await self.ask.good("POST", f"/v1/agreements/{agreement_id}/proposal", "ana/telco-a/manager")

    async def approve(self, agreement_id: UUID) -> None:
        for company in PARTIES:
            shown = await self.ask.good("GET", f"/v1/agreements/{agreement_id}", f"eva/{company}/sme")
            body = {"boundaries_hash": shown["on_the_table"]["boundaries_hash"]}
            await self.ask.good("POST", f"/v1/agreements/{agreement_id}/boundary-approvals", f"eva/{company}/sme", body)

    async def sign(self, agreement_id: UUID, *companies: str) -> None:
        for company in companies or PARTIES:
            shown = await self.ask.good("GET", f"/v1/agreements/{agreement_id}", f"ana/{company}/manager")
            body = {"content_hash": shown["on_the_table"]["content_hash"]}
            await self.ask.good("POST", f"/v1/agreements/{agreement_id}/signatures", f"ana/{company}/manager", body)

    async def in_force(self) -> UUID:
        agreement_id = await self.draft()
        await self.approve(agreement_id)
        await self.propose(agreement_id)
        await self.sign(agreement_id)
        return agreement_id


@pytest.fixture
def story(ask: Asking) -> Story:
    return Story(ask=ask)
