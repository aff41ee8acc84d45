"""`acuerdo up` and `acuerdo down`: a whole deployment of one's own, which is also killed and started again."""

import fcntl
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from acuerdo_cli.commands.status import look
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.embedded import keeping, processes
from acuerdo_cli.embedded.processes import Running
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.services import SERVICES, ServiceProcess


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("with a space") / ".acuerdo"
    yield place
    Deployment(place).down()


def acuerdo(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [Path(sys.executable).with_name("acuerdo"), *arguments],
        env={"PATH": os.defpath, "ACUERDO_HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def status(home: Path) -> dict[str, Any]:
    return json.loads(acuerdo(home, "status", "--json"))


def running(home: Path) -> dict[str, Running | None]:
    deployment = Deployment(home)
    return {process.name: process.running for process in deployment.processes.values()}


@pytest.fixture(scope="module")
def up(home: Path) -> str:
    return acuerdo(home, "up")


def test_up_returns_when_all_services_and_both_servers_are_ready(home: Path, up: str) -> None:
    found = status(home)
    assert len(found["services"]) == 4
    assert {row["health"] for row in (*found["services"], *found["servers"])} == {"ready"}
    assert all(isinstance(row["position"], int) and isinstance(row["lag"], dict) for row in found["services"])


def test_status_says_where_the_companies_programs_subscribe_without_any_secret(home: Path, up: str) -> None:
    nats = next(row for row in status(home)["servers"] if row["server"] == "nats")
    assert nats["facts"] == f"nats://{nats['address']}"
    assert nats["facts"] in up


def test_up_says_where_each_service_answers_and_describes_itself(home: Path, up: str) -> None:
    for url in Deployment(home).urls.values():
        assert f"{url}/docs" in up
        assert httpx.get(f"{url}/openapi.json").json()["openapi"].startswith("3.1")
        assert httpx.get(f"{url}/docs").status_code == 200


def test_up_again_leaves_everything_as_it_is(home: Path, up: str) -> None:
    before = running(home)
    assert acuerdo(home, "up") == up
    assert running(home) == before


def test_a_service_believes_a_token_of_its_own_deployment_and_no_other(home: Path, up: str, tmp_path: Path) -> None:
    url = f"{Deployment(home).urls['agreement']}/v1/agreements"
    token = acuerdo(home, "token", "--company", "telco-a", "--role", "manager").strip()
    stranger = Deployment(tmp_path / "other").issuer
    stranger.ensure()
    forged = Deployment(tmp_path / "other").token(company="telco-a", roles=["manager"])
    assert httpx.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert httpx.get(url, headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def test_everything_that_up_keeps_is_closed_to_others(home: Path, up: str) -> None:
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    secrets = [
        *(home / "secrets").iterdir(),
        home / "issuer" / "key.pem",
        home / "postgres" / "password",
        home / "nats" / "password",
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}


def test_no_secret_is_on_a_command_line_or_in_a_log(home: Path, up: str) -> None:
    secrets = [path.read_text().strip() for path in (home / "secrets").iterdir()]
    secrets += [(home / "postgres" / "password").read_text().strip(), (home / "nats" / "password").read_text().strip()]
    said = "".join(path.read_text(errors="replace") for path in (home / "logs").iterdir())
    said += subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert [secret for secret in secrets if secret in said] == []


def test_up_starts_again_what_died_and_only_that(home: Path, up: str) -> None:
    before = running(home)
    victim = before["touchpoints-both"]
    assert victim is not None
    processes.stop(victim, how=signal.SIGKILL)
    acuerdo(home, "up")
    after = running(home)
    assert {name for name in after if after[name] != before[name]} == {"touchpoints-both"}


def test_after_down_nothing_runs_and_after_up_it_answers_at_the_same_addresses(home: Path, up: str) -> None:
    before, everyone = Deployment(home).urls, running(home)
    acuerdo(home, "down")
    assert not any(process and processes.is_alive(process) for process in everyone.values())
    assert Deployment(home).postgres is not None
    acuerdo(home, "up")
    assert Deployment(home).urls == before


def test_a_service_may_be_one_process_or_two(home: Path, up: str) -> None:
    def shown() -> list[str]:
        return sorted(name for name, process in running(home).items() if process and processes.is_alive(process))

    one = shown()
    assert one == sorted(f"{service.name}-both" for service in SERVICES)
    before, addresses = [process for process in running(home).values() if process], Deployment(home).urls
    acuerdo(home, "up", "--apart")
    assert Deployment(home).urls == addresses, "links that were sent lead there still"
    assert shown() == sorted(f"{service.name}-{role}" for service in SERVICES for role in ("api", "worker"))
    assert not any(processes.is_alive(process) for process in before)
    acuerdo(home, "up")
    assert "touchpoints-worker" in shown(), "as last time"
    acuerdo(home, "up", "--together")
    assert shown() == one
    assert Deployment(home).urls == addresses


def test_an_up_that_fails_leaves_running_what_ran_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "processes").write_text("in the way of the services")
    deployment = Deployment(tmp_path)
    assert deployment.postgres is not None
    deployment.postgres.start()
    try:
        with pytest.raises(NotADirectoryError):
            deployment.up()
        assert deployment.postgres.running is not None
        assert deployment.nats is not None
        assert deployment.nats.running is None
    finally:
        deployment.postgres.stop()


def test_down_ends_whatever_was_started_even_if_how_many_there_were_is_not_known_any_more(tmp_path: Path) -> None:
    stray = Deployment(tmp_path, replicas=3, apart=True).processes["touchpoints", "worker", 3]
    keeping.private_directory(stray.home)
    sleeper = subprocess.Popen(["sleep", "600"])
    known = processes.identify(sleeper.pid)
    assert known is not None
    keeping.remember(stray.home / "server.json", {"pid": known.pid, "started": known.started, "ports": [1]})
    (tmp_path / "replicas.json").write_text('{"replicas": 99, "apa')
    assert Deployment(tmp_path).replicas == 1
    assert "stopped" in acuerdo(tmp_path, "down")
    assert sleeper.wait() == -signal.SIGTERM


def test_one_demo_plays_in_a_place_at_a_time(tmp_path: Path) -> None:
    with (tmp_path / "demo.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = subprocess.run(
            [Path(sys.executable).with_name("acuerdo"), "demo"],
            env={"PATH": os.defpath, "ACUERDO_HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.stderr == f"acuerdo: a demo plays in {tmp_path / 'demo'} already; end it first\n"
    assert done.returncode == 2


def test_an_up_to_another_shape_that_fails_leaves_running_what_ran_in_the_shape_it_had(home: Path, up: str) -> None:
    before, kept = Deployment(home).urls, (home / "replicas.json").read_text()
    in_the_way = home / "logs" / "agreement-api-2.log"
    in_the_way.mkdir()
    try:
        with pytest.raises(IsADirectoryError):
            Deployment(home, replicas=2, apart=True).up()
    finally:
        in_the_way.rmdir()
    assert Deployment(home).is_ready()
    assert (Deployment(home).urls, (home / "replicas.json").read_text()) == (before, kept)
    found = json.loads(acuerdo(home, "status", "--json"))
    assert {(row["role"], row["health"]) for row in found["services"]} == {("both", "ready")}


@pytest.mark.parametrize("shape", [["--replicas", "2"], ["--apart"]])
def test_an_up_that_no_service_would_start_with_leaves_everything_as_it_is(
    home: Path, up: str, shape: list[str]
) -> None:
    before, kept = running(home), (home / "replicas.json").read_text()
    failed = subprocess.run(
        [Path(sys.executable).with_name("acuerdo"), "up", *shape],
        env={"PATH": os.defpath, "ACUERDO_HOME": str(home), "ACUERDO_LOG_LEVEL": "bogus"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert failed.returncode == 2
    assert "could not migrate: settings: ACUERDO_LOG_LEVEL: " in failed.stderr
    assert (running(home), (home / "replicas.json").read_text()) == (before, kept)
    assert Deployment(home).is_ready()


def test_an_up_to_a_server_that_is_not_there_leaves_everything_as_it_is(home: Path, up: str) -> None:
    before = running(home)
    with pytest.raises(CommandFailed, match=r"cannot be used at postgresql://127\.0\.0\.1:1/x"):
        Deployment(home, database_url="postgresql://127.0.0.1:1/x").up()
    assert running(home) == before
    assert Deployment(home).is_ready()


@pytest.mark.parametrize("kept", ["as it was", "damaged"])
def test_an_up_to_given_servers_that_fails_leaves_running_what_ran_at_its_own(home: Path, up: str, kept: str) -> None:
    if kept == "damaged":
        (home / "replicas.json").write_text("{")
    in_the_way = home / "logs" / "agreement-api-2.log"
    in_the_way.mkdir()
    try:
        with pytest.raises(IsADirectoryError):
            Deployment(home, database_url=Deployment(home).database_server, replicas=2, apart=True).up()
    finally:
        in_the_way.rmdir()
    assert Deployment(home).is_ready()
    assert acuerdo(home, "up") == up


@pytest.mark.parametrize("told_to_end", [False, True], ids=["let be", "told to end while it does"])
def test_an_up_that_fails_when_it_has_begun_to_start_brings_back_what_ran_with_what_it_was_told(
    home: Path, up: str, monkeypatch: pytest.MonkeyPatch, told_to_end: bool
) -> None:
    acuerdo(home, "up", "--replicas", "2")
    usual, failed = ServiceProcess.start, list[str]()

    def start(process: ServiceProcess) -> str:
        if process.name == "touchpoints-both" and not failed:
            while not Deployment(home, replicas=1).processes["agreement", "both", 1].is_current():
                time.sleep(0.01)
            failed.append(process.name)
            raise CommandFailed("it does not start")
        return usual(process)

    interrupted_after(ServiceProcess.stop, lambda: told_to_end and bool(failed), monkeypatch)
    monkeypatch.setattr(ServiceProcess, "start", start)
    with pytest.raises(CommandFailed, match="it does not start"):
        Deployment(home, replicas=1).up()
    assert failed
    assert Deployment(home).replicas == 2
    assert Deployment(home).is_ready(), "with the settings of two"
    assert acuerdo(home, "up", "--replicas", "1") == up


def test_an_up_that_fails_says_so_where_what_made_way_for_it_was_at_other_servers(home: Path, up: str) -> None:
    for record in (home / "replicas.json", *(home / "processes").glob("*/server.json")):
        kept = keeping.recall(record)
        keeping.remember(record, {**kept, "given": "others"} | ({"fingerprint": "other"} if "pid" in kept else {}))
    in_the_way = home / "logs" / "agreement-api-2.log"
    in_the_way.mkdir()
    try:
        with pytest.raises(IsADirectoryError) as failure:
            Deployment(home, replicas=2, apart=True).up()
    finally:
        in_the_way.rmdir()
    assert failure.value.__notes__ == ["what ran before was at other servers, and is stopped"]
    assert not any(running(home).values())
    assert acuerdo(home, "up") == up


def test_a_down_that_is_told_to_end_ends_the_servers_too(home: Path, up: str, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted_after(ServiceProcess.stop, lambda: True, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        Deployment(home).down()
    assert not Deployment(home).runs
    assert acuerdo(home, "up") == up


def test_a_down_that_is_interrupted_ends_everything_first(home: Path, up: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = list[str]()

    def interrupted(*given: Any, **named: Any) -> ServiceProcess:
        if not told:
            told.append("once")
            os.kill(os.getpid(), signal.SIGINT)
        return ServiceProcess(*given, **named)

    deployment = Deployment(home)
    monkeypatch.setattr("acuerdo_cli.deployment.ServiceProcess", interrupted)  # while it looks at what runs
    with pytest.raises(KeyboardInterrupt):
        deployment.down()
    monkeypatch.undo()
    assert not Deployment(home).runs
    assert acuerdo(home, "up") == up


def interrupted_after(
    work: Callable[[ServiceProcess], None], now: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Have *work* end as if somebody had told the command to, the first time that it is done *now*."""
    told = list[str]()

    def done(process: ServiceProcess) -> None:
        work(process)
        if now() and not told:
            told.append(process.name)
            raise KeyboardInterrupt

    monkeypatch.setattr(ServiceProcess, work.__name__, done)


def test_status_shows_whatever_runs_and_down_ends_it_also_beside_servers_that_are_given(home: Path, up: str) -> None:
    kept = (home / "replicas.json").read_text()
    for damaged in ("[1, 2]", "99", "[" * 100_000, '{"replicas": 99, "apart": true}'):
        (home / "replicas.json").write_text(damaged)
        roles = [row["role"] for row in look(Deployment(home))["services"] if row["health"] == "ready"]
        assert roles == ["both"] * 4
    (home / "replicas.json").write_text(kept)
    given = Deployment(home, database_url="postgresql://127.0.0.1:1/x", nats_url="nats://127.0.0.1:1")
    assert given.runs
    given.down()
    assert not Deployment(home).runs
    acuerdo(home, "up")


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_demo_that_is_told_to_end_by_a_held_key_leaves_nothing_running(tmp_path: Path, told: signal.Signals) -> None:
    demo = subprocess.Popen(
        [Path(sys.executable).with_name("acuerdo"), "demo"],
        env={"PATH": os.defpath, "ACUERDO_HOME": str(tmp_path)}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    deployment = Deployment(tmp_path / "demo")
    while not deployment.runs:
        assert demo.poll() is None
        time.sleep(0.01)
    for _ in range(3):
        demo.send_signal(told)
        time.sleep(0.02)
    assert (demo.communicate(), demo.returncode) == ((None, b"acuerdo: interrupted\n"), 130)
    assert not deployment.runs


def test_an_up_that_had_to_wait_for_another_leaves_it_the_shape_that_it_chose(tmp_path: Path) -> None:
    waiting = Deployment(tmp_path, nats_url="nats://127.0.0.1:1")
    (tmp_path / "replicas.json").write_text('{"replicas": 2, "apart": true}')
    with pytest.raises(CommandFailed, match="NATS cannot be used"):
        waiting.up()
    assert (waiting.replicas, waiting.apart) == (2, True)
    assert ("touchpoints", "worker", 2) in waiting.processes


@pytest.mark.parametrize("kept", ["true", "false", "2.0", '"2"', "0", "21", "null", "[2]"])
def test_what_is_no_number_of_replicas_is_taken_for_one(tmp_path: Path, kept: str) -> None:
    (tmp_path / "replicas.json").write_text(f'{{"replicas": {kept}}}')
    replicas = Deployment(tmp_path).replicas
    assert (type(replicas), replicas) == (int, 1)


def test_what_an_earlier_version_started_stays_apart_until_it_is_told_otherwise(tmp_path: Path) -> None:
    (tmp_path / "replicas.json").write_text('{"replicas": 2}')
    assert {role for _, role, _ in Deployment(tmp_path).processes} == {"api", "worker"}
    assert {role for _, role, _ in Deployment(tmp_path, apart=False).processes} == {"both"}
