"""The version before today's, taken from git, and run beside it."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import asyncpg

from acuerdo_cli.deployment import Deployment
from acuerdo_cli.embedded import processes
from acuerdo_cli.services import SERVICES, Service
from common.eventstore.postgres import PostgresStore
from common.projecting import Projector
from common.running.service import now

_STEPS = "services/*/migrations/versions/*.py"
_SOURCES = ("libs/*/src", "services/*/src")
_TELL = "import json, sys; print(json.dumps([__import__(name).__path__[0] for name in sys.argv[1:]]))"


class NoHistory(Exception):
    """Git does not have the version before here: there is no git, no repository, or a copy without its history."""


def version_before(repository: Path) -> str:
    """Return the last commit of *repository* that had a migration less. Raises ``NoHistory``."""
    added = _git(repository, "log", "-1", "--format=%H", "--diff-filter=A", "--", _STEPS).decode().strip()
    if not added:
        raise NoHistory("no commit that is here added a migration")
    try:
        before = _git(repository, "rev-parse", "--verify", "--quiet", f"{added}^").decode().strip()
    except NoHistory as problem:
        raise NoHistory(f"this copy has no commit before {added[:7]}") from problem
    if not _git(repository, "ls-tree", "-r", "--name-only", before, "--", "services"):
        raise NoHistory("there is no version before the first")
    return before


def extract(repository: Path, commit: str, into: Path) -> None:
    """The directory *into* has the sources and migrations of *commit*. Raises ``NoHistory``."""
    packed = _git(repository, "archive", "--format=tar", commit, "libs", "services")
    subprocess.run(["tar", "--extract", "--directory", str(into)], input=packed, capture_output=True, check=True)


class OfVersion(Deployment):
    """The deployment in *home*, its processes running programs whose sources lie below *sources*."""

    def __init__(self, home: Path, sources: Path) -> None:
        self._path = os.pathsep.join(str(one) for pattern in _SOURCES for one in sorted(sources.glob(pattern)))
        super().__init__(home, apart=True)

    def settings(self, service: Service) -> dict[str, str]:
        """What a service's processes are told: also where to find their programs, before those that are installed."""
        return {**super().settings(service), "PYTHONPATH": self._path}

    def imports(self, service: Service) -> list[Path]:
        """Where its processes find the service's own package and the one that all share."""
        argv = [sys.executable, "-c", _TELL, service.package, "common"]
        told = subprocess.run(argv, env=processes.inherited(self.settings(service)), capture_output=True, check=True)
        return [Path(one) for one in json.loads(told.stdout)]

    def _migrated(self, service: Service) -> Path:
        return self.home / "processes" / f"{service.name}-migrated-before.json"


class Facing(Deployment):
    """The deployment in *home* as those meet it whom a load balancer sends to one replica of each api."""

    def __init__(self, home: Path, *, replicas: int, replica: int) -> None:
        self._replica = replica
        super().__init__(home, replicas=replicas, apart=True)

    @property
    def urls(self) -> dict[str, str]:
        """Where that replica of each service answers."""
        return self.urls_of(self._replica)


async def head(deployment: Deployment, service: Service) -> str:
    """Return the last migration that the service's database has had."""
    connection = await asyncpg.connect(deployment.database_url(service.name))
    try:
        return await connection.fetchval("SELECT version_num FROM alembic_version")
    finally:
        await connection.close()


async def rows_of_before(deployment: Deployment, service: Service) -> int:
    """Return of how many facts the rows were made by another version than today's, and not yet again by today's."""
    made = import_module(f"{service.package}.wiring").service
    async with asyncpg.create_pool(deployment.database_url(service.name), min_size=1, max_size=2) as pool:
        return await Projector(pool, PostgresStore(pool, clock=now), made.history, made.projections).behind()


async def waiting_messages(deployment: Deployment) -> int:
    """Return how many facts some service could not handle, and has not since."""
    waiting = 0
    for service in SERVICES:
        connection = await asyncpg.connect(deployment.database_url(service.name))
        try:
            waiting += await connection.fetchval(
                "SELECT count(*) FROM waiting_messages WHERE state IN ('retrying', 'behind', 'dead')"
            )
        finally:
            await connection.close()
    return waiting


def _git(repository: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, check=False)
    except OSError as problem:
        raise NoHistory(f"git does not run here: {problem}") from problem
    if done.returncode:
        raise NoHistory(done.stderr.decode(errors="replace").strip() or f"git {arguments[0]} failed")
    return done.stdout
