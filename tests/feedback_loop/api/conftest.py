"""The service on a real PostgreSQL, asked over HTTP; others' facts and the clock move when a test lets them."""

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
import uuid_utils.compat

from common.eventstore.migrating import migrate
from common.eventstore.recorded import Context
from common.messaging.envelope import Message
from common.projecting import Projector
from common.running import feed
from common.running.progress import Seen
from common.running.runtime import runtime_of
from common.running.service import Parts, opened
from common.security.identity import Caller, Unauthenticated
from common.security.sealing import KeyPair, new_key_pair
from common.values import Actor, Person, Rule
from common.web.app import create_app
from feedback_loop.history import LOOP
from feedback_loop.settings import Settings
from feedback_loop.wiring import service

SURVEY_KEY = base64.b64encode(bytes(range(32))).decode()
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
IMPORTER = Person(person="importer-a", company="telco-a", role="operator")


class KnownTokens:
    """Who a token speaks for is written in the token: ``person/company/role+role``, ``robot/...`` for a service."""

    async def caller(self, token: str) -> Caller:
        parts = token.split("/")
        if len(parts) != 3:
            raise Unauthenticated
        roles = frozenset(parts[2].split("+"))
        return Caller(person=parts[0], company=parts[1], roles=roles, service=parts[0] == "robot")


NAMES = {"telco-a": "Compañía A", "field-b": "Campo B"}
SIGNED: dict[str, Any] = {
    "scales": [
        {
            "clause_id": "csat-1",
            "scale": "csat",
            "lowest": 1,
            "highest": 5,
            "positive": [4, 5],
            "neutral": [3, 3],
            "negative": [1, 2],
        },
        {
            "clause_id": "thumb-1",
            "scale": "thumb",
            "lowest": 0,
            "highest": 1,
            "positive": [1, 1],
            "neutral": None,
            "negative": [0, 0],
        },
    ],
    "survey_scale": "csat",
    "reminders": {
        "clause_id": "remind-1",
        "after": ["P2D", "P4D"],
        "silent_after": "P7D",
        "link_valid_for": "P30D",
    },
    "escalation": [{"clause_id": "esc-1", "round": 2, "to": "manager"}],
    "services": [{"clause_id": "s-1", "service": "fibre", "name": "Internet por fibra"}],
}


class House:
    """The service, those who ask it, and the services that it hears."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.projector = Projector(parts.pool, parts.store, service.history, service.projections)
        self.agreement_id: UUID = uuid_utils.compat.uuid7()
        self.now = NOW
        runtime = replace(
            runtime_of(parts, Seen(parts.pool, service.name)), tokens=KnownTokens(), clock=lambda: self.now
        )
        routers = (*service.routers, feed.router)
        app = create_app(service=service.name, title=service.title, routers=routers, runtime=runtime)
        for name, held in service.state(parts.settings, parts.pool).items():
            setattr(app.state, name, held)
        self.app = app
        self.transport = httpx.ASGITransport(app=app)
        self.keys: KeyPair = new_key_pair()

    def ask(self, token: str) -> httpx.AsyncClient:
        """Return a client of whoever the token speaks for; without one, of a customer's browser."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(transport=self.transport, base_url="http://loop.test", headers=headers)

    async def post(self, token: str, path: str, body: object) -> httpx.Response:
        """Post as whoever the token speaks for, and let the rows follow."""
        async with self.ask(token) as client:
            answer = await client.post(path, json=body)
        await self.settle()
        return answer

    async def get(self, token: str, path: str, **query: Any) -> httpx.Response:
        async with self.ask(token) as client:
            return await client.get(path, params=query)

    async def hear(
        self, source: str, name: str, fact: dict[str, Any], *, imported: bool = False, schema: int = 1
    ) -> None:
        """Let a published fact reach the reactions that wait for it."""
        body = msgspec.json.encode(fact, enc_hook=str)
        actor = IMPORTER if imported else Rule(rule="test")
        message = _message(source, name, body, actor, schema, imported=imported)
        for reaction in service.reactions:
            if (reaction.source, reaction.name) == (source, name):
                for send in await reaction.react(reaction.read(message), self.parts.handle.look):
                    context = Context(
                        actor=Rule(rule=f"upon {name}"), correlation=uuid_utils.compat.uuid7(), imported=imported
                    )
                    await self.parts.handle(send.kind, send.key, send.command, context=context)
        await self.settle()

    async def settle(self) -> None:
        while await self.projector.step():
            pass

    async def sign(
        self,
        version: int = 1,
        terms: dict[str, Any] | None = None,
        parties: tuple[str, ...] = ("telco-a", "field-b"),
        names: Mapping[str, str] = NAMES,
    ) -> None:
        await self.hear(
            "agreement",
            "agreement-in-force",
            {
                "agreement_id": self.agreement_id,
                "version": version,
                "content_hash": "00",
                "effective_from": datetime(2010, 1, 1, tzinfo=UTC),
                "parties": parties,
                "party_names": [{"company": code, "name": name} for code, name in names.items()],
                "terms": terms or SIGNED,
                "at": NOW,
            },
            schema=2,
        )

    async def open(self, *, imported: bool = False, language: str = "es", **more: Any) -> UUID:
        """Let touchpoints open a case; return its id."""
        case_id: UUID = uuid_utils.compat.uuid7()
        fact: dict[str, Any] = {
            "case_id": case_id,
            "agreement_id": self.agreement_id,
            "agreement_version": 1,
            "customer_id": uuid_utils.compat.uuid7(),
            "customer_key": self.keys.public,
            "contact_id": None,
            "team_id": None,
            "company": "telco-a",
            "service": "fibre",
            "activity": "repair",
            "region": "north",
            "priority": "high",
            "language": language,
            "external_reference": None,
            "accountable": "field-b",
            "accountable_clause": "b-1",
            "solved_at_contact": None,
            "imported": imported,
            "at": self.now,
            **more,
        }
        await self.hear("touchpoints", "case-opened", fact, imported=imported)
        return case_id

    async def solve(self, case_id: UUID, number: int = 1, *, imported: bool = False) -> None:
        """Let the solver teams propose a solution."""
        crew = [{"team_id": uuid_utils.compat.uuid7(), "company": "field-b"}]
        fact = {
            "case_id": case_id,
            "round": number,
            "cause": "cable",
            "action": "new cable",
            "attribution": crew,
            "at": self.now,
        }
        await self.hear("solver-teams", "solution-proposed", fact, imported=imported)

    async def link(self, case_id: UUID) -> str:
        """Return the path of the link that an integrator was given for the case."""
        answer = await self.get("robot/telco-a/integrator", "/v1/survey-deliveries", agreement_id=self.agreement_id)
        address = next(one["address"] for one in answer.json()["items"] if one["case_id"] == str(case_id))
        await self.settle()
        return httpx.URL(address).path

    async def answer(self, path: str, **form: str) -> httpx.Response:
        """Send the customer's form."""
        async with self.ask("") as browser:
            answer = await browser.post(path, data=form)
        await self.settle()
        return answer

    async def pass_time(self, time: timedelta) -> None:
        """Let time pass, and everything that waits look at the clock."""
        self.now += time
        assert LOOP.tick
        for stream, _ in await self.parts.store.claim(now=self.now, until=self.now, limit=500):
            context = Context(actor=Rule(rule="clock:loop"), correlation=uuid_utils.compat.uuid7())
            key = stream.removeprefix("loop-")
            await self.parts.handle(LOOP, key, LOOP.tick(self.now), context=context)
        await self.settle()


def _message(source: str, name: str, body: bytes, actor: Actor, schema: int, *, imported: bool) -> Message:
    return Message(
        event_id=uuid_utils.compat.uuid7(),
        source=source,
        name=name,
        schema=schema,
        stream="case-x",
        stream_version=1,
        position=1,
        previous=0,
        at=NOW,
        recorded_at=NOW,
        agreement_id=None,
        actor=actor,
        performed_by=None,
        correlation=uuid_utils.compat.uuid7(),
        causation=None,
        imported=imported,
        trace=None,
        data=body,
    )


@pytest.fixture(scope="module")
async def parts(module_database: str) -> AsyncIterator[Parts]:
    settings = Settings.model_validate(
        {
            "environment": "development",
            "database_url": module_database,
            "nats_url": "nats://127.0.0.1:1",
            "issuer": "tests",
            "jwks_url": "file:///nowhere.json",
            "survey_key": SURVEY_KEY,
            "public_url": "https://survey.example",
        }
    )
    await migrate(module_database, service.migrations)
    async with opened(service, settings, on_append=lambda _: None) as made:
        yield made


@pytest.fixture
async def house(parts: Parts) -> AsyncIterator[House]:
    house = House(parts)
    await house.sign()
    yield house
    await house.transport.aclose()


@pytest.fixture
def signed() -> dict[str, Any]:
    """The terms that are in force."""
    return SIGNED
