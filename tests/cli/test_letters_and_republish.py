"""`acuerdo deadletters` and `acuerdo republish`, as an operator uses them."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from acuerdo_cli import databases
from acuerdo_cli.deployment import Deployment
from common.eventstore.migrating import create_kernel_tables
from common.messaging import tables
from common.messaging.patience import hopeless
from common.messaging.waiting import Letter, putting

LETTER = UUID(int=5)
FACTS = """
    INSERT INTO events (position, stream, version, event_id, name, schema, data, at, recorded_at, actor, correlation,
        imported, published, hash, previous)
    SELECT n, 'case-1', n, gen_random_uuid(), 'case-opened', 1, '{}', '2026-03-03', '2026-03-03Z', '',
        gen_random_uuid(), false, true, '', '' FROM generate_series(1, 45) AS n
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A deployment of which only PostgreSQL runs, with one dead letter in one service and nothing in another."""
    place = tmp_path_factory.mktemp("letters") / ".acuerdo"
    deployment = Deployment(place)
    assert deployment.postgres is not None
    server = deployment.postgres.start()
    databases.ensure(server, ["acuerdo_solver_teams", "acuerdo_touchpoints"])
    asyncio.run(migrate(deployment.database_url("touchpoints")))
    asyncio.run(prepare(deployment.database_url("solver-teams")))
    yield place
    deployment.postgres.stop()


async def migrate(url: str) -> None:
    await create_kernel_tables(url)
    connection = await asyncpg.connect(url)
    for statement in tables.STEPS_0001:
        await connection.execute(statement)
    await connection.close()


async def prepare(url: str) -> None:
    await migrate(url)
    connection = await asyncpg.connect(url)
    letter = Letter(
        id=LETTER, source="touchpoints", stream="case-1", position=12, name="case-opened", headers={"ce-id": "5"},
        body=b'{"case_id": 1}',
    )  # fmt: skip
    await putting(letter, hopeless(ValueError("no such region")))(connection)
    await connection.execute("INSERT INTO checkpoints VALUES ('relay', 40)")
    await connection.execute(FACTS)
    await connection.close()


def acuerdo(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("acuerdo"), *arguments],
        env={"PATH": os.defpath, "ACUERDO_HOME": str(home), "COLUMNS": "200"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_a_dead_letter_is_listed_shown_and_discarded_with_a_reason(home: Path) -> None:
    listed = acuerdo(home, "deadletters", "list", "--service", "solver-teams")
    assert str(LETTER) in listed.stdout
    assert "no such region" in listed.stdout
    shown = json.loads(acuerdo(home, "deadletters", "show", str(LETTER), "--service", "solver-teams").stdout)
    assert (shown["body"], shown["source"], shown["position"]) == ('{"case_id": 1}', "touchpoints", 12)
    retried = acuerdo(home, "deadletters", "retry", str(LETTER), "--service", "solver-teams", "--by", "ana")
    assert retried.returncode == 0, retried.stderr
    done = acuerdo(
        home, "deadletters", "discard", str(LETTER), "--service", "solver-teams", "--reason", "a test", "--by", "ana"
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(acuerdo(home, "deadletters", "list", "--service", "solver-teams", "--settled", "--json").stdout)
    (kept,) = found["solver-teams"]
    assert (kept["state"], kept["retried_by"], kept["discarded_by"]) == ("discarded", "ana", "ana")
    assert kept["discard_reason"] == "a test"


@pytest.mark.parametrize(
    "arguments",
    [
        ["deadletters", "show", str(UUID(int=6)), "--service", "solver-teams"],
        ["deadletters", "retry", str(UUID(int=6)), "--service", "solver-teams"],
        ["deadletters", "list", "--service", "billing"],
        ["republish", "--service", "billing"],
        ["republish", "--service", "solver-teams", "--from", "yesterday"],
        ["republish", "--service", "solver-teams", "--from", "2026-03-02T09:00:00"],
        ["republish", "--service", "solver-teams", "--from", "46"],
        ["republish", "--service", "solver-teams", "--service", "agreement", "--from", "2"],
        ["republish", "--service", "solver-teams", "--from", "2026-03-03T00:00:01Z"],
        ["republish", "--from", "2999-03-02T09:00:00Z"],
    ],
)
def test_what_cannot_be_meant_is_one_line_and_exit_code_2(home: Path, arguments: list[str]) -> None:
    failed = acuerdo(home, *arguments)
    assert failed.returncode == 2
    assert failed.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("place", "after"), [("31", 30), ("2026-03-02T09:00:00Z", 0), ("1", 0)], ids=["position", "time", "beginning"]
)
def test_republishing_goes_back_to_a_position_or_a_time(home: Path, place: str, after: int) -> None:
    done = acuerdo(home, "republish", "--service", "solver-teams", "--from", place)
    assert done.stdout == f"solver-teams publishes again what comes after position {after}\n", done.stderr


def test_several_services_publish_again_and_one_without_such_facts_does_no_harm(home: Path) -> None:
    done = acuerdo(
        home, "republish", "--service", "solver-teams", "--service", "touchpoints", "--from", "2026-03-02T09:00:00Z"
    )
    assert done.stdout.splitlines() == [
        "solver-teams publishes again what comes after position 0",
        "touchpoints publishes again what comes after position 0",
    ], done.stderr
