"""PostgreSQL is restarted under load: told to stop, and killed."""

import pytest

from acuerdo_cli.testing.agreeing import all_is_well
from acuerdo_cli.testing.harming import crash, kill, servers, start, stopped
from acuerdo_cli.testing.load import Answered, Site, under_load

pytestmark = pytest.mark.faults


async def test_postgresql_may_be_restarted_and_killed(site: Site, answered: Answered) -> None:
    postgres, _ = servers(site.deployment)
    async with under_load(site, answered, "database") as load:
        async with stopped(postgres):
            pass
        await load.goes_on()
        kill(postgres)
        await start(postgres)
        await load.goes_on()
    await all_is_well(site, answered)


async def test_postgresql_may_lose_its_processes_again_and_again(site: Site, answered: Answered) -> None:
    """It is there again after a moment, often before anybody has asked it something meanwhile."""
    async with under_load(site, answered, "crashes") as load:
        for service in ("touchpoints", "feedback-loop", "solver-teams", "agreement"):
            await crash(site.deployment, service)
            await load.goes_on()
    await all_is_well(site, answered)
