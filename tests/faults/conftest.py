"""One deployment for all faults, one after the other: what one left behind, the next meets."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

pytest.register_assert_rewrite("acuerdo_cli.testing")

from acuerdo_cli.deployment import Deployment  # noqa: E402 - what asserts is rewritten before it is imported
from acuerdo_cli.testing.load import Answered, Site, settled_in  # noqa: E402 - as above


@pytest.fixture(scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Site]:
    """The four services with servers of their own, which a test may harm, and an agreement in force."""
    deployment = Deployment(tmp_path_factory.mktemp("faults") / ".acuerdo", apart=True)
    try:
        await asyncio.to_thread(deployment.up)
        yield await asyncio.to_thread(settled_in, deployment)
    finally:
        await asyncio.to_thread(deployment.down)


@pytest.fixture(scope="session")
def answered() -> Answered:
    """What was answered 2xx since the deployment began, whatever befell it."""
    return Answered()
