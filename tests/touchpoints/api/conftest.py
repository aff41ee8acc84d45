"""The service on a real PostgreSQL, asked over HTTP; published facts reach its own reactions when a test lets them."""

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
import uuid_utils.compat

from common.eventstore.migrating import migrate
from common.eventstore.recorded import Context
from common.messaging.waiting import Letter
from common.projecting import Projector
from common.running.progress import Seen
from common.running.runtime import runtime_of
from common.running.service import Parts, opened
from common.security.identity import Caller, Unauthenticated
from common.testing.keeping import keep
from common.values import Rule
from common.web.app import create_app
from touchpoints.settings import Settings
from touchpoints.wiring import service

MASTER_KEY = base64.b64encode(bytes(range(32))).decode()


def _letter(source: str, name: str, body: bytes, *, imported: bool) -> Letter:
    """Return a fact as a message; the same fact is the same message."""
    key = uuid_utils.compat.uuid5(uuid_utils.compat.NAMESPACE_OID, f"{source} {name} {body.decode()}")
    headers = {"ce-type": f"acuerdo.{source}.{name}.v1", "ce-imported": "true" if imported else "false"}
    return Letter(id=key, source=source, stream=name, position=1, name=name, headers=headers, body=body)


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

    def __init__(self, parts: Parts, transport: httpx.ASGITransport) -> None:
        self.parts = parts
        self.projector = Projector(parts.pool, parts.store, service.history, service.projections)
        self._transport = transport
        self.told = 0
        self.agreement_id = uuid_utils.compat.uuid7()
        self.signed = SIGNED

    def ask(self, token: str) -> httpx.AsyncClient:
        """Return a client of whoever the token speaks for."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(transport=self._transport, base_url="http://touchpoints", headers=headers)

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
        await keep(self.parts, _letter(source, name, body, imported=imported))

    async def settle(self) -> None:
        """Let everything that follows from what was stated happen."""
        while facts := await self.parts.store.read_log(after=self.told, limit=500):
            for fact in facts:
                self.told = fact.position
                if fact.published:
                    await self.hear("touchpoints", fact.name, msgspec.json.decode(fact.data), imported=fact.imported)
        while await self.projector.step():
            pass

    async def sign(self, terms: Mapping[str, Any], *, version: int, effective_from: datetime, at: datetime) -> None:
        """Let an agreement version be in force."""
        fact = {
            "agreement_id": self.agreement_id,
            "version": version,
            "content_hash": "00",
            "effective_from": effective_from,
            "parties": ["telco-a", "net-b", "desk-c"],
            "terms": terms,
            "at": at,
        }
        await self.hear("agreement", "agreement-in-force", fact)
        await self.settle()


SIGNED: dict[str, Any] = {
    "commitments": [],
    "services": [{"clause_id": "sv-1", "service": "fibre", "name": "Fibre"}],
    "activities": [
        {"clause_id": "ac-1", "activity": "install", "name": "Install"},
        {"clause_id": "ac-2", "activity": "repair", "name": "Repair"},
    ],
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
    "priorities": [
        {
            "clause_id": "p-1",
            "priority": "high",
            "name": "High",
            "response": "PT1H",
            "resolution": "PT4H",
            "calendar": "office",
        },
        {
            "clause_id": "p-2",
            "priority": "low",
            "name": "Low",
            "response": "P1D",
            "resolution": "P5D",
            "calendar": "office",
        },
    ],
    "sharing": [
        {"clause_id": "s-1", "field": "need", "shared_with": "case-companies"},
        {"clause_id": "s-2", "field": "name", "shared_with": "all-parties"},
        {"clause_id": "s-3", "field": "phone", "shared_with": "case-companies"},
    ],
}


@pytest.fixture(scope="module")
async def parts(module_database: str) -> AsyncIterator[Parts]:
    settings = Settings.model_validate(
        {
            "environment": "development",
            "database_url": module_database,
            "nats_url": "nats://127.0.0.1:1",
            "issuer": "tests",
            "jwks_url": "file:///nowhere.json",
            "master_key": MASTER_KEY,
        }
    )
    await migrate(module_database, service.migrations)
    async with opened(service, settings, on_append=lambda _: None) as made:
        yield made


@pytest.fixture
async def house(parts: Parts, monday: datetime) -> AsyncIterator[House]:
    runtime = replace(runtime_of(parts, Seen(parts.pool, service.name)), tokens=KnownTokens())
    app = create_app(service=service.name, title=service.title, routers=service.routers, runtime=runtime)
    for name, held in service.state(parts.settings, parts.pool).items():
        setattr(app.state, name, held)
    transport = httpx.ASGITransport(app=app)
    house = House(parts, transport)
    house.told = await parts.store.head()
    await house.sign(SIGNED, version=1, effective_from=datetime(2010, 1, 1, tzinfo=monday.tzinfo), at=monday)
    yield house
    await transport.aclose()


@pytest.fixture
async def customer(house: House) -> UUID:
    """A customer of telco-a."""
    async with house.ask("ana/telco-a/touchpoint-agent") as ana:
        answer = await ana.post(
            "/v1/customers",
            json={
                "agreement_id": str(house.agreement_id),
                "external_reference": "C-1",
                "language": "es",
                "channel": "phone",
                "personal": {"name": "Lucía Robledo", "phone": "+57 300 555 0199"},
            },
        )
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["customer_id"])
