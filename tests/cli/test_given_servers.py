"""Servers that are given are used as they are: each service gets a database of its own there."""

import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from acuerdo_cli import databases, reaching_nats
from acuerdo_cli.deployment import Deployment, NotThere
from acuerdo_cli.embedded import EmbeddedNats, EmbeddedPostgres, keeping
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.services import SERVICES
from common.addresses import shown

WORD = "a-secret"


async def names(server: str) -> set[str]:
    connection = await asyncpg.connect(server)
    try:
        return {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
    finally:
        await connection.close()


async def test_a_missing_database_is_made_and_one_that_is_there_is_left_alone(postgres_server: str) -> None:
    databases.ensure(postgres_server, ["acuerdo_here"])
    connection = await asyncpg.connect(databases.address(postgres_server, "acuerdo_here"))
    await connection.execute("CREATE TABLE kept (answer integer)")
    await connection.close()
    databases.ensure(postgres_server, ["acuerdo_here", "acuerdo_there"])
    assert {"acuerdo_here", "acuerdo_there"} <= await names(postgres_server)
    connection = await asyncpg.connect(databases.address(postgres_server, "acuerdo_here"))
    assert await connection.fetchval("SELECT count(*) FROM kept") == 0
    await connection.close()


def test_a_server_that_is_not_there_is_told_in_a_sentence() -> None:
    with pytest.raises(CommandFailed, match=r"PostgreSQL cannot be used at postgresql://127.0.0.1:1/postgres: \S"):
        databases.ensure("postgresql://nobody@127.0.0.1:1/postgres", ["acuerdo_here"])


@pytest.mark.parametrize("command", ["up", "status", "verify", "republish", "backup x", "rebuild", "deadletters list"])
def test_what_is_no_address_is_told_with_the_setting_and_no_password(tmp_path: Path, command: str) -> None:
    given = {
        "ACUERDO_HOME": str(tmp_path), "ACUERDO_DATABASE_URL": f"postgresql://u:{WORD}/c@h/x",
        "ACUERDO_NATS_URL": f"nats://u:{WORD}:4222",
    }  # fmt: skip
    done = subprocess.run(
        [Path(sys.executable).with_name("acuerdo"), *command.split()],
        env={"PATH": os.defpath, **given}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("acuerdo: settings: ACUERDO_DATABASE_URL: reads postgresql://")
    assert "ACUERDO_NATS_URL: reads nats://" in done.stderr
    assert WORD not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["keys", "token --company telco-a --role manager", "down"])
def test_who_needs_no_given_server_does_not_look_at_its_address(tmp_path: Path, command: str) -> None:
    given = {
        "ACUERDO_HOME": str(tmp_path / "home"), "ACUERDO_DATABASE_URL": f"postgresql://u:{WORD}/c@h/x",
        "ACUERDO_NATS_URL": f"nats://u:{WORD}:4222",
    }  # fmt: skip
    deployment = Deployment(tmp_path / "home")
    deployment.issuer.ensure()
    try:
        EmbeddedNats(deployment.home / "nats").start()
        done = subprocess.run(
            [Path(sys.executable).with_name("acuerdo"), *command.split()],
            env={"PATH": os.defpath, **given}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert deployment.runs == (command != "down")
    finally:
        deployment.down()


@pytest.mark.parametrize("command", ["verify", "republish", "backup x", "deadletters list"])
def test_a_database_that_is_not_there_is_told_with_its_address_and_no_password(tmp_path: Path, command: str) -> None:
    given = {
        "ACUERDO_HOME": str(tmp_path), "ACUERDO_DATABASE_URL": f"postgresql://acuerdo:{WORD}@127.0.0.1:1/postgres",
        "ACUERDO_NATS_URL": "nats://127.0.0.1:1",
    }  # fmt: skip
    done = subprocess.run(
        [Path(sys.executable).with_name("acuerdo"), *command.split()],
        env={"PATH": os.defpath, **given}, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("acuerdo: PostgreSQL cannot be used at postgresql://127.0.0.1:1/acuerdo_agreement: ")
    assert WORD not in done.stderr


def test_a_certificate_that_is_missing_is_told_as_such() -> None:
    with pytest.raises(CommandFailed, match="root certificate"):
        databases.ensure("postgresql://h/postgres?sslmode=verify-full", [])


def test_a_server_that_is_none_of_nats_is_told_as_such(postgres_server: str) -> None:
    with pytest.raises(CommandFailed, match="nobody there speaks as NATS does"):
        reaching_nats.ensure(f"nats://{shown(postgres_server).partition('://')[2].partition('/')[0]}")


@pytest.mark.parametrize("address", ["nats://127.0.0.1:1", f"nats://acuerdo:{WORD}@127.0.0.1:1"])
def test_a_nats_that_is_not_there_is_told_in_a_sentence_before_anything_is_started(
    tmp_path: Path, address: str
) -> None:
    given = Deployment(tmp_path, nats_url=address)
    with pytest.raises(CommandFailed, match=r"NATS cannot be used at nats://127.0.0.1:1: \S") as said:
        given.up()
    assert WORD not in str(said.value)
    assert not given.runs


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_a_way_to_nats_that_nobody_here_speaks_is_told_before_it_is_tried(tmp_path: Path, scheme: str) -> None:
    given = {"ACUERDO_HOME": str(tmp_path), "ACUERDO_NATS_URL": f"{scheme}://127.0.0.1:1"}
    done = subprocess.run(
        [Path(sys.executable).with_name("acuerdo"), "up"],
        env={"PATH": os.defpath, **given}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("acuerdo: settings: ACUERDO_NATS_URL: reads nats://")


def test_a_nats_that_is_there_is_one_that_knows_us(nats_server: str) -> None:
    reaching_nats.ensure(nats_server)
    with pytest.raises(CommandFailed, match=r"NATS cannot be used at .*Authorization"):
        reaching_nats.ensure(f"nats://acuerdo:guessed@{nats_server.rpartition('@')[2]}")


def test_what_is_given_is_not_started(tmp_path: Path) -> None:
    given = Deployment(tmp_path, database_url="postgresql://db.example/postgres", nats_url="nats://nats.example")
    assert (given.postgres, given.nats) == (None, None)
    assert given.nats_url == "nats://nats.example"


def test_a_deployment_begins_in_an_empty_home_beside_servers_that_are_all_given(tmp_path: Path) -> None:
    postgres, nats = EmbeddedPostgres(tmp_path / "postgres"), EmbeddedNats(tmp_path / "nats")
    try:
        given = Deployment(tmp_path / "home", database_url=postgres.start(), nats_url=nats.start())
        try:
            given.up()
            assert given.is_ready()
        finally:
            given.down()
    finally:
        postgres.stop()
        nats.stop()


def test_who_runs_is_not_known_where_nothing_was_started(tmp_path: Path) -> None:
    given = Deployment(tmp_path, database_url="postgresql://db.example/postgres", nats_url="nats://nats.example")
    with pytest.raises(NotThere, match="docker-compose ps"):
        given.require_own()
    assert given.urls, "which gives each a port and starts none"
    with pytest.raises(NotThere, match="docker-compose ps"):
        given.require_own()
    keeping.private_directory(tmp_path / "logs")
    given.processes["agreement", "both", 1].log.touch()
    given.require_own()


def test_each_service_has_a_database_of_its_own_with_the_options_of_the_server(tmp_path: Path) -> None:
    given = Deployment(tmp_path, database_url="postgresql://db.example/postgres?sslmode=require", nats_url="nats://n")
    addresses = {given.database_url(service.name) for service in SERVICES}
    assert addresses == {
        f"postgresql://db.example/acuerdo_{name}?sslmode=require"
        for name in ("agreement", "touchpoints", "solver_teams", "feedback_loop")
    }
