"""The embedded servers: durable, private, found again, never on somebody else's port or pid."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from nats.aio.client import Client
from nats.errors import Error

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.embedded import EmbeddedNats, EmbeddedPostgres, keeping, ports, processes
from acuerdo_cli.embedded.processes import Running
from acuerdo_cli.errors import ServerFailed

SLEEPING = [sys.executable, "-c", "import time; time.sleep(600)"]
KILLED = """
import os, signal, sys
from pathlib import Path
from acuerdo_cli.embedded import processes

with processes.spawn(sys.argv[2:], log=Path(sys.argv[1]), env={}) as begun:
    print(begun.pid, begun.started, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_postgresql_18_waits_for_the_disk_before_it_answers(postgres_server: str) -> None:
    assert str(await ask(postgres_server, "SHOW server_version")).startswith("18.")
    assert await ask(postgres_server, "SHOW fsync") == "on"
    assert await ask(postgres_server, "SHOW synchronous_commit") == "on"
    assert await ask(postgres_server, "SHOW max_connections") == "1000"


async def test_postgresql_lets_nobody_in_without_its_password(postgres_server: str) -> None:
    password = postgres_server.partition("acuerdo:")[2].partition("@")[0]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres_server.replace(password, "guessed"))


async def test_each_test_gets_an_empty_database(database: str) -> None:
    assert await ask(database, "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'") == 0


async def test_nats_keeps_streams_on_disk_behind_a_password(nats_server: str) -> None:
    client = Client()
    await client.connect(nats_server)
    info = await client.jetstream().account_info()
    assert info.limits.max_storage == -1
    await client.close()
    stranger = Client()
    with pytest.raises(Error):
        await stranger.connect(f"nats://acuerdo:guessed@{nats_server.partition('@')[2]}", allow_reconnect=False)
    await stranger.close()


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "postgres")
    yield server
    server.stop()


async def test_what_was_written_is_there_after_postgresql_was_killed(postgres: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(postgres.start())
    await connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    connection.terminate()
    running = postgres.running
    assert running is not None
    processes.stop(running, how=signal.SIGKILL)
    assert await ask(postgres.start(), "SELECT answer FROM kept") == 42


def test_a_database_that_lost_the_file_that_names_its_version_is_not_thrown_away(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    postgres.stop()
    kept = (postgres.data / "PG_VERSION").rename(postgres.home / "kept")
    with pytest.raises(ServerFailed, match="is damaged"):
        postgres.start()
    kept.rename(postgres.data / "PG_VERSION")
    postgres.start()


def test_what_was_known_of_a_database_goes_with_it(postgres: EmbeddedPostgres) -> None:
    postgres.migrated.mkdir(parents=True)
    postgres.start()
    assert not postgres.migrated.exists()
    postgres.migrated.mkdir()
    postgres.stop()
    postgres.start()
    assert postgres.migrated.exists()


@pytest.mark.parametrize("name", ["año", "with spaces", "it's", 'so-called "home"', "#1"])
def test_nats_starts_wherever_its_home_is(tmp_path: Path, name: str) -> None:
    server = EmbeddedNats(tmp_path / name / "nats")
    try:
        assert server.start()
    finally:
        server.stop()


def test_a_server_that_runs_is_found_again_not_started_twice(postgres: EmbeddedPostgres) -> None:
    assert postgres.start() == postgres.start() == EmbeddedPostgres(postgres.home).start()


def test_a_server_whose_port_was_taken_meanwhile_moves_to_another(tmp_path: Path) -> None:
    server = EmbeddedNats(tmp_path / "nats")
    before = server.start()
    port = server.ports[0]
    server.stop()
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        assert server.start() != before
        server.stop()


def test_a_server_that_runs_and_does_not_answer_is_not_said_to_have_started(tmp_path: Path) -> None:
    server = EmbeddedNats(tmp_path / "nats")
    server.start()
    server.patience = 1.0
    running = server.running
    assert running is not None
    os.kill(running.pid, signal.SIGSTOP)
    try:
        with pytest.raises(ServerFailed, match="nats runs and is not ready"):
            server.start()
    finally:
        os.kill(running.pid, signal.SIGCONT)
    server.patience = 30.0
    server.start()
    server.stop()


def test_secrets_are_readable_by_their_owner_only(postgres: EmbeddedPostgres) -> None:
    postgres.start()
    for name in ("password", "server.json"):
        assert stat.S_IMODE((postgres.home / name).stat().st_mode) == 0o600


def test_a_pid_that_was_given_to_another_process_is_left_alone(tmp_path: Path) -> None:
    with processes.spawn(SLEEPING, log=tmp_path / "log", env={}) as bystander:
        pass
    processes.stop(Running(bystander.pid, "another time"))
    assert processes.is_alive(bystander)
    processes.stop(bystander)
    assert not processes.is_alive(bystander)


def test_what_was_killed_before_it_knew_what_it_had_started_leaves_nobody(tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, tmp_path / "log", *SLEEPING], capture_output=True, text=True, check=False
    )
    assert (killed.returncode, killed.stderr) == (-signal.SIGKILL, "")
    pid, started = killed.stdout.strip().split(" ", 1)
    assert is_gone(Running(int(pid), started))


def test_a_process_that_could_not_be_recorded_never_begins(tmp_path: Path) -> None:
    def fail_while_it_starts() -> None:
        with processes.spawn(["touch", str(tmp_path / "begun")], log=tmp_path / "log", env={"PATH": os.defpath}) as it:
            begun.append(it)
            raise OSError("no space left")

    begun: list[Running] = []
    with pytest.raises(OSError, match="no space left"):
        fail_while_it_starts()
    assert is_gone(begun[0])
    assert not (tmp_path / "begun").exists()


def is_gone(process: Running) -> bool:
    """Whether it ends by itself; long before it would have if it had begun."""
    end = time.monotonic() + 60
    while processes.is_alive(process) and time.monotonic() < end:
        time.sleep(0.01)
    ended = not processes.is_alive(process)
    processes.stop(process)
    return ended


@pytest.mark.parametrize(
    "damage",
    [
        {"pid": "x"},
        {"pid": 5},
        {"pid": "x", "started": "then", "ports": [4222, 8222]},
        {"pid": 5, "ports": [4222, 8222]},
        {"pid": 0, "started": "then", "ports": [4222, 8222]},
        {"pid": True, "started": "then", "ports": [4222, 8222]},
        {"pid": 10**30, "started": "then", "ports": [4222, 8222]},
        {"ports": []},
        {"ports": [4222]},
        {"ports": "abc"},
        {"ports": ["4222", "8222"]},
        {"ports": [4222, 99_999]},
        {"ports": [True, 4222]},
        {"ports": {"4222": 8222}},
    ],
    ids=str,
)
def test_a_record_that_cannot_be_of_any_process_is_as_good_as_none(tmp_path: Path, damage: dict[str, object]) -> None:
    server = EmbeddedNats(tmp_path / "nats")
    keeping.private_directory(server.home)
    keeping.remember(server.home / "server.json", damage)
    server.stop()
    assert server.running is None
    assert not server.is_current()
    chosen = server.ports
    assert len(chosen) == 2
    assert all(ports.is_one(port) for port in chosen)
    assert server.ports == chosen, "which are kept"


@pytest.mark.parametrize("damage", [{"pid": "x"}, {"ports": []}, {"ports": "abc"}, {"ports": [1.5]}], ids=str)
def test_an_address_that_another_role_left_is_taken_over_unless_it_cannot_be_one(
    tmp_path: Path, damage: dict[str, object]
) -> None:
    before = Deployment(tmp_path, apart=True).urls
    damaged = Deployment(tmp_path, apart=False).processes["touchpoints", "both", 1]
    keeping.private_directory(damaged.home)
    keeping.remember(damaged.home / "server.json", damage)
    assert Deployment(tmp_path, apart=False).urls == Deployment(tmp_path, apart=True).urls == before


def test_a_process_whose_ports_cannot_be_read_is_stopped_all_the_same(tmp_path: Path) -> None:
    server = Deployment(tmp_path).processes["touchpoints", "both", 1]
    keeping.private_directory(server.home)
    sleeper = subprocess.Popen(["sleep", "600"])
    known = processes.identify(sleeper.pid)
    assert known is not None
    keeping.remember(server.home / "server.json", {"pid": known.pid, "started": known.started, "ports": 44_355})
    assert server.ports
    assert server.running == known
    server.stop()
    sleeper.wait()
    assert not processes.is_alive(known)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs the detour")
def test_root_can_start_postgresql_below_a_directory_closed_to_everyone_else(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "deeper" / "postgres")
    server.start()
    assert (server.data / "PG_VERSION").stat().st_uid != 0
    server.stop()


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    assert keeping.secret(tmp_path / "secret") == keeping.secret(tmp_path / "secret")
