"""A backup taken while people work; then everything dies, and the backup is all that is left."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.testing.agreeing import acuerdo, all_is_well
from acuerdo_cli.testing.harming import kill, servers
from acuerdo_cli.testing.load import Answered, Cast, Load, Site, under_load
from acuerdo_client import Problem

pytestmark = pytest.mark.faults


async def test_after_everything_was_killed_a_backup_brings_back_one_point(
    site: Site, answered: Answered, tmp_path: Path
) -> None:
    forgotten = await register(site, "who-will-be-erased")
    place = tmp_path / "backup"
    async with AsyncExitStack() as stack:
        load = Load(site, answered, "before")
        await load.begin(stack)
        await load.goes_on()
        before = answered.as_it_is()
        await asyncio.to_thread(acuerdo, site.deployment, "backup", str(place))
        await erase(site, forgotten)
        await load.goes_on()
        kill_everything(site.deployment)
        await load.abandon()
    said = await asyncio.to_thread(acuerdo, site.deployment, "restore", str(place), "--replace")
    assert forgotten in said
    await asyncio.to_thread(acuerdo, site.deployment, "up")
    answered.contacts, answered.cases, answered.closed = before.contacts, before.cases, before.closed
    await all_is_well(site, answered)
    await nobody_can_read(site, forgotten)
    await erase(site, forgotten)
    async with under_load(site, answered, "after") as load:
        await load.goes_on()
    await close_what_was_open(site, answered)
    await all_is_well(site, answered)


def kill_everything(deployment: Deployment) -> None:
    for one in (*deployment.processes.values(), *servers(deployment)):
        kill(one)


async def register(site: Site, reference: str) -> str:
    async with AsyncExitStack() as stack:
        cast = await Cast.called(site.deployment, stack)
        made = await cast.agent.touchpoints.register_customer(
            agreement_id=site.agreement_id,
            external_reference=reference,
            language="es",
            personal={"name": "Eva Gil", "phone": "+573004445566"},
        )
    return made.body["customer_id"]


async def erase(site: Site, customer_id: str) -> None:
    async with AsyncExitStack() as stack:
        cast = await Cast.called(site.deployment, stack)
        await cast.manager.touchpoints.erase_customer(customer_id, reason="customer-request")


async def nobody_can_read(site: Site, customer_id: str) -> None:
    async with AsyncExitStack() as stack:
        cast = await Cast.called(site.deployment, stack)
        with pytest.raises(Problem, match="erased"):
            await cast.agent.touchpoints.disclose_personal_data(customer_id, purpose="call-back", fields=["name"])


async def close_what_was_open(site: Site, answered: Answered) -> None:
    """A case that was opened before the backup goes its whole round after it."""
    async with AsyncExitStack() as stack:
        cast = await Cast.called(site.deployment, stack)
        reference, case_id = next(
            (name, case)
            for name, case in answered.cases.items()
            if name.startswith("before-2")  # the cases' worker
        )
        await Load(site, answered, "again").close(cast, case_id)
        answered.closed[reference] = case_id
