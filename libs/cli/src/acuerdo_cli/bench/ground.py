"""What the load stands on: an agreement in force, its teams, and customers enough that none is in everybody's way."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from acuerdo_cli.bench.wire import Caller, Wire
from acuerdo_cli.demo.people import people
from acuerdo_cli.demo.story import AGENT, Stage, sign, staff
from acuerdo_cli.demo.terms import DESK
from acuerdo_cli.deployment import Deployment
from acuerdo_client import Addresses
from common.running.service import now

CUSTOMERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """An agreement in force, its teams by name, its customers."""

    agreement_id: str
    teams: dict[str, str]
    customers: Sequence[str]

    def customer(self, number: int) -> str:
        """Return the customer whose turn it is."""
        return self.customers[number % len(self.customers)]


def agreed(deployment: Deployment) -> tuple[str, dict[str, str]]:
    """Bring an agreement into force and staff it; return its id and its teams by name."""
    with people(Addresses.named(deployment.urls), deployment.token) as cast:
        stage = Stage(people=cast, tell=lambda _: None, now=now())
        agreement_id = sign(stage)
        return agreement_id, staff(stage, agreement_id)


async def grounded(deployment: Deployment, wire: Wire, customers: int = CUSTOMERS) -> Ground:
    """Return ground to stand on, made anew."""
    agreement_id, teams = await asyncio.to_thread(agreed, deployment)
    agent = Caller(token=deployment.token(company=DESK, roles=["touchpoint-agent"], person=AGENT))
    made = [await register(wire, agent, agreement_id, f"bench-{number}") for number in range(customers)]
    return Ground(agreement_id=agreement_id, teams=teams, customers=made)


async def register(wire: Wire, agent: Caller, agreement_id: str, reference: str) -> str:
    """Make a customer known and return their id."""
    body = {
        "agreement_id": agreement_id,
        "external_reference": reference,
        "language": "es",
        "personal": {"name": "Begoña Ruiz", "phone": "+34 600 000 000"},
    }
    return (await wire.post(agent, "touchpoints", "/v1/customers", body))["customer_id"]
