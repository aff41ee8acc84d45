"""Servers that tests run against: real ones, started once per test run and shared by all of its workers."""

import asyncio
import contextlib
import fcntl
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Coroutine, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from acuerdo_cli.composed import ComposedDeployment
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.embedded import EmbeddedNats, EmbeddedPostgres, keeping, nats, ports, processes

ROOT = Path(__file__).parents[1]
RUNS = Path(tempfile.gettempdir()) / f"acuerdo-tests-{os.geteuid()}"
PATIENCE, LONG_PATIENCE = 240, 900  # seconds
POSTGRES_IMAGE, NATS_IMAGE = "postgres:18", os.environ.get("NATS_IMAGE", "nats:2.12-alpine")  # noqa: TID251 - as docker-compose.yml
_numbers = itertools.count(1)

for _told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(_told) is signal.SIG_IGN:  # by nohup, or a shell in whose background the tests run
        signal.signal(_told, signal.SIG_DFL if _told != signal.SIGINT else signal.default_int_handler)


# A busy machine is no fault of the rule under test: examples are counted, not timed.
settings.register_profile("counted", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("counted")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--servers", choices=["embedded", "containers"], default="embedded",
        help="whether PostgreSQL, NATS and whole deployments are processes of ours or run in containers",
    )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--servers") == "containers":
        # The engine accepts connections for a server that is down and ends them; nats-py does not close its end then.
        config.addinivalue_line("filterwarnings", "ignore:unclosed <StreamWriter:ResourceWarning")
    # A test run that is told to stop still stops its servers.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that look into processes of ours have nothing to look into when all runs in containers."""
    if config.getoption("--servers") == "containers":
        elsewhere = pytest.mark.skip(reason="looks into processes, and in containers there are none of ours")
        for item in (one for one in items if any(one.iter_markers("processes"))):
            item.add_marker(elsewhere)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """A test that hangs fails and holds up nobody; told again, in case a background task took the first word."""
    long = any(any(item.iter_markers(kind)) for kind in ("journey", "realdata", "faults"))
    before = signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, LONG_PATIENCE if long else PATIENCE, 5)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _too_long(*_: object) -> None:
    pytest.fail("took too long: it hangs")


@pytest.fixture(scope="session")
def shared_run(testrun_uid: str) -> Iterator[Path]:
    """A directory that all workers of this run share; the last to leave stops what was started in it."""
    run = RUNS / testrun_uid
    holder = run / "holders" / str(os.getpid())
    with _locked(keeping.private_directory(RUNS)):
        _sweep()
        keeping.private_directory(holder.parent)
        me = processes.identify(os.getpid())
        assert me is not None
        keeping.remember(holder, {"pid": me.pid, "started": me.started})
    yield run
    with _locked(RUNS):
        holder.unlink()
        _sweep()


@pytest.fixture(scope="session")
def in_containers(request: pytest.FixtureRequest) -> bool:
    """Whether servers run in containers; tests that would need them are skipped where there is no engine."""
    if request.config.getoption("--servers") == "embedded":
        return False
    if (
        shutil.which("docker") is None
        or subprocess.run(["docker", "info"], capture_output=True, check=False).returncode
    ):
        pytest.skip("there is no container engine: docker info does not answer")
    return True


@pytest.fixture(scope="session")
def postgres_server(shared_run: Path, in_containers: bool) -> Iterator[str]:
    """The address of a PostgreSQL that is as durable as in production."""
    if in_containers:
        from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415 - slow, and seldom needed

        container = PostgresContainer(POSTGRES_IMAGE, username="acuerdo", dbname="postgres", driver=None)
        with container.with_command("postgres -c max_connections=1000") as server:
            yield server.get_connection_url()
        return
    with _locked(shared_run):
        url = EmbeddedPostgres(shared_run / "postgres").start()
    yield url


@pytest.fixture(scope="session")
def nats_server(shared_run: Path, new_nats: Callable[[Path], EmbeddedNats], in_containers: bool) -> Iterator[str]:
    """The address of a NATS server with JetStream; its streams are shared by all tests, so name yours for your test."""
    server = new_nats(shared_run / "nats")
    with _locked(shared_run):
        url = server.start()
    yield url
    if in_containers:
        server.stop()


@pytest.fixture(scope="session")
def new_nats(in_containers: bool) -> Callable[[Path], EmbeddedNats]:
    """Makes a NATS that a test may start, stop, wipe and start again; whoever starts it stops it."""
    return NatsInContainer if in_containers else EmbeddedNats


@pytest.fixture(scope="session")
def deployment(shared_run: Path, in_containers: bool, request: pytest.FixtureRequest) -> Iterator[Deployment]:
    """The four services, all ready, as a partner meets them; tests share them, so name companies for yours."""
    if not in_containers:
        whole = Deployment(shared_run / "deployment")
        whole.up()
        yield whole
        return
    composed = ComposedDeployment(shared_run / "composed", source=ROOT, project="acuerdo-tests")
    composed.down()  # what a killed run left
    try:
        composed.start()
        yield composed
        if request.session.testsfailed:
            capture: Any = request.config.pluginmanager.getplugin("capturemanager")
            with capture.global_and_fixture_disabled():  # pytest shows what is said here only where this fails too
                print("\n" + composed.complaints())  # noqa: T201 - the containers that said it are about to go
    finally:
        composed.down()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """A real browser; tests that need one are skipped where there is none."""
    browser = Path("/usr/bin/chromium")
    if not browser.exists():
        pytest.skip("there is no /usr/bin/chromium")
    return browser


@pytest.fixture
def database(postgres_server: str) -> Iterator[str]:
    """The address of an empty database for one test."""
    with _fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="module")
def module_database(postgres_server: str) -> Iterator[str]:
    """The address of a database that the tests of one file share."""
    with _fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
def new_database(postgres_server: str) -> Iterator[Callable[[], str]]:
    """Makes as many empty databases as a test asks for."""
    with contextlib.ExitStack() as made:
        yield lambda: made.enter_context(_fresh_database(postgres_server))


class NatsInContainer(EmbeddedNats):
    """The same configuration and data, read by nats-server in a container."""

    _container: Any = None
    _port: int | None = None

    @property
    def url(self) -> str:
        return f"nats://{nats.USER}:{self._password}@127.0.0.1:{self._port}"

    def start(self) -> str:
        from testcontainers.core.container import DockerContainer  # noqa: PLC0415 - slow, and seldom needed
        from testcontainers.core.wait_strategies import LogMessageWaitStrategy  # noqa: PLC0415 - as above

        keeping.private_directory(self.home / "data")
        self.prepare()
        self._port = self._port or ports.choose()
        told = {"listen": "0.0.0.0:4222", "jetstream": {"store_dir": "/home/data"}, **self._access(self._password)}
        keeping.write(self.home / "nats.conf", nats.written(told))
        container = DockerContainer(NATS_IMAGE, user=str(os.getuid())).with_bind_ports(4222, self._port)
        container.with_volume_mapping(self.home, "/home", "rw").with_command("--config /home/nats.conf")
        self._container = container.waiting_for(LogMessageWaitStrategy("Server is ready")).start()
        return self.url

    def stop(self) -> None:
        container, self._container = self._container, None
        if container is not None:
            container.get_wrapped_container().stop(timeout=60)
            container.stop()

    def kill(self) -> None:
        """Let it be gone from one moment to the next."""
        container, self._container = self._container, None
        container.get_wrapped_container().kill()
        container.stop()


@contextlib.contextmanager
def _fresh_database(server: str) -> Generator[str]:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    _wait_for(_execute(server, f'CREATE DATABASE "{name}"'))
    yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    _wait_for(_execute(server, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _wait_for(work: Coroutine[Any, Any, None]) -> None:
    # in a thread, because the tests' own event loop belongs to pytest-asyncio
    with ThreadPoolExecutor(max_workers=1) as aside:
        aside.submit(asyncio.run, work).result()


@contextlib.contextmanager
def _locked(directory: Path) -> Generator[None]:
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep() -> None:
    """Runs that nobody holds any more, killed ones too, leave no server behind."""
    for run in RUNS.iterdir():
        if run.is_dir() and not any(_is_held(holder) for holder in (run / "holders").glob("[0-9]*")):
            Deployment(run / "deployment").down()
            EmbeddedPostgres(run / "postgres").stop()
            EmbeddedNats(run / "nats").stop()
            shutil.rmtree(run)


def _is_held(holder: Path) -> bool:
    known = keeping.recall(holder)
    return bool(known) and processes.is_alive(processes.Running(known["pid"], known["started"]))
