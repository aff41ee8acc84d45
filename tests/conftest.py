"""Servers that tests run against: real ones, started once per test run and shared by all of its workers."""

import asyncio
import contextlib
import fcntl
import itertools
import os
import shutil
import signal
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

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.embedded import EmbeddedNats, EmbeddedPostgres, keeping, processes

RUNS = Path(tempfile.gettempdir()) / f"acuerdo-tests-{os.geteuid()}"
PATIENCE, LONG_PATIENCE = 240, 900  # seconds
_numbers = itertools.count(1)


# A busy machine is no fault of the rule under test: examples are counted, not timed.
settings.register_profile("counted", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("counted")


def pytest_configure() -> None:
    # A test run that is told to stop still stops its servers.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """A test that hangs fails and holds up nobody; told again, in case a background task took the first word."""
    long = any(item.iter_markers("journey")) or any(item.iter_markers("realdata"))
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
def postgres_server(shared_run: Path) -> str:
    """The address of a PostgreSQL that is as durable as in production."""
    with _locked(shared_run):
        return EmbeddedPostgres(shared_run / "postgres").start()


@pytest.fixture(scope="session")
def nats_server(shared_run: Path) -> str:
    """The address of a NATS server with JetStream; its streams are shared by all tests, so name yours for your test."""
    with _locked(shared_run):
        return EmbeddedNats(shared_run / "nats").start()


@pytest.fixture(scope="session")
def deployment(shared_run: Path) -> Deployment:
    """The four services, all ready, as a partner meets them; tests share them, so name companies for yours."""
    whole = Deployment(shared_run / "deployment")
    whole.up()
    return whole


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
