"""Today's version takes the place of the one before while people work: first the tables, then workers, then apis."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.services import SERVICES
from acuerdo_cli.testing.agreeing import all_is_well
from acuerdo_cli.testing.harming import start
from acuerdo_cli.testing.load import Answered, Load, Site, settled_in, under_load
from acuerdo_cli.testing.versions import (
    Facing,
    NoHistory,
    OfVersion,
    extract,
    head,
    rows_of_before,
    version_before,
    waiting_messages,
)
from acuerdo_client.calls import Patience

pytestmark = pytest.mark.faults

ROOT = Path(__file__).parents[2]
ASKED_ONCE = Patience(tries=1)
ORDER = [(service.name, role) for role in ("worker", "api") for service in SERVICES]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of the last version that had a migration less than today's."""
    place = tmp_path_factory.mktemp("before")
    try:
        extract(ROOT, version_before(ROOT), place)
    except NoHistory as why:
        pytest.skip(f"the version before cannot be had: {why}")
    return place


@pytest.fixture
async def before(tmp_path: Path, sources: Path) -> AsyncGenerator[OfVersion]:
    """The version before, on tables as it made them."""
    deployment = OfVersion(tmp_path / ".acuerdo", sources)
    try:
        await asyncio.to_thread(deployment.up)
        yield deployment
    finally:
        for process in Deployment(deployment.home, replicas=2, apart=True).processes.values():
            await asyncio.to_thread(process.stop)
        await asyncio.to_thread(deployment.down)


async def test_the_version_before_serves_on_while_its_tables_change_and_beside_the_next_until_it_is_replaced(
    before: OfVersion, sources: Path
) -> None:
    for service in SERVICES:
        assert all(path.is_relative_to(sources) for path in before.imports(service))
    site = await asyncio.to_thread(settled_in, before)
    today = Facing(before.home, replicas=2, replica=2)
    answered, beside = Answered(), Answered()
    async with under_load(site, answered, "before") as load:
        await migrate_beneath(site, load, answered)
        await asyncio.gather(*(start(today.processes[service, role, 2]) for service, role in ORDER[:4]))
        await load.goes_on()
        await asyncio.gather(*(start(today.processes[service, role, 2]) for service, role in ORDER[4:]))
        async with under_load(replace(site, deployment=today), beside, "beside") as other:
            await both_go_on(load, other)
            for service, role in ORDER:  # at the same address; the one before is told to stop
                await start(today.processes[service, role, 1])
            await both_go_on(load, other)
    answered.add(beside)
    await all_of_today(today)
    await all_is_well(replace(site, deployment=today), answered)
    assert await waiting_messages(today) == 0
    assert failed_requests(today) == []


async def migrate_beneath(site: Site, load: Load, answered: Answered) -> None:
    """Bring the tables to today's while the version before uses them; nobody who asks it only once is turned away."""
    today = Deployment(site.deployment.home, apart=True)
    had = [await head(today, service) for service in SERVICES]
    async with AsyncExitStack() as stack:
        strict = Load(site, Answered(), "strict", patience=ASKED_ONCE)
        stack.push_async_callback(strict.abandon)
        await strict.begin(stack, contacts=2, cases=1, loops=0)
        await strict.goes_on(10)
        for service in SERVICES:
            await asyncio.to_thread(today.run_once, service.name, "migrate")
            await both_go_on(load, strict, 10)
        assert [await head(today, service) for service in SERVICES] != had, "there was nothing to migrate"
        await both_go_on(load, strict, 60)
        await strict.end()
    answered.add(strict.answered)


async def both_go_on(one: Load, other: Load, more: int = 30) -> None:
    await asyncio.gather(one.goes_on(more), other.goes_on(more))


async def all_of_today(today: Deployment) -> None:
    """Return when no row is of the shape that the version before gave it."""
    async with asyncio.timeout(240):
        while any([await rows_of_before(today, service) for service in SERVICES]):
            await asyncio.sleep(1)


def failed_requests(deployment: Deployment) -> Iterable[str]:
    """Return what any process has logged of requests that it answered with 500."""
    logs = sorted((deployment.home / "logs").glob("*.log"))
    return [line for log in logs for line in log.read_text(errors="replace").splitlines() if "a request failed" in line]
