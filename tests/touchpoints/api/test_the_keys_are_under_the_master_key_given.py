"""A database beside a master key that is not its own is found out at the start, not when a customer is called."""

import base64
import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest
from tests.touchpoints.api.conftest import MASTER_KEY

ANOTHER = base64.b64encode(bytes(range(100, 132))).decode()


def started(database: str, master_key: str, role: str) -> "subprocess.CompletedProcess[str]":
    told = {
        "ACUERDO_ENVIRONMENT": "development",
        "ACUERDO_DATABASE_URL": database,
        "ACUERDO_NATS_URL": "nats://127.0.0.1:1",
        "ACUERDO_ISSUER": "tests",
        "ACUERDO_JWKS_URL": "file:///nowhere.json",
        "ACUERDO_MASTER_KEY": master_key,
    }
    command = [sys.executable, "-m", "touchpoints", role]
    return subprocess.run(command, env=told, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("role", ["api", "worker"])
async def test_a_service_that_could_read_no_personal_data_says_so_and_does_not_start(
    house: Any, customer: UUID, module_database: str, role: str
) -> None:
    ended = started(module_database, ANOTHER, role)
    assert ended.returncode == 2
    (line,) = ended.stderr.strip().splitlines()
    assert "under another master key than ACUERDO_MASTER_KEY" in line
    assert ANOTHER not in ended.stderr + ended.stdout


async def test_with_its_own_key_it_goes_on(house: Any, customer: UUID, module_database: str) -> None:
    ended = started(module_database, MASTER_KEY, "rebuild")
    assert ended.returncode == 0, ended.stderr
