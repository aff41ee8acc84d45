"""A whole deployment on one machine: servers, databases, four services in one process or two each, as often as told."""

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Callable, Collection, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from acuerdo_cli import databases, reaching_nats, secrets
from acuerdo_cli.backup import restoring
from acuerdo_cli.backup.manifest import Manifest
from acuerdo_cli.embedded import EmbeddedNats, EmbeddedPostgres, keeping, processes
from acuerdo_cli.embedded.server import Server
from acuerdo_cli.errors import CommandFailed, ServerFailed
from acuerdo_cli.interrupting import put_off
from acuerdo_cli.issuer import AUDIENCE, ISSUER, DevelopmentIssuer
from acuerdo_cli.services import APART, SERVICES, TOGETHER, Service, ServiceProcess, known
from acuerdo_cli.settings import DeploymentSettings
from common.addresses import shown
from common.settings import SecretFiles, explain

MOST_REPLICAS = 20


class NotThere(CommandFailed):
    """Nothing was ever started in this directory."""


class Deployment:
    """Everything that runs lies below *home*; servers are started unless their addresses are given.

    *replicas*: how many processes each role of each service has; as many as last time if not given, at first one.
    *apart*: whether a service's api and worker are processes of their own; as last time if not given, at first not. The
    version before, which kept the number of replicas alone, had them apart.
    """

    def __init__(
        self,
        home: Path,
        *,
        database_url: str | None = None,
        nats_url: str | None = None,
        replicas: int | None = None,
        apart: bool | None = None,
    ) -> None:
        self.home = home.absolute()
        self._wished = replicas, apart
        self._database_url = database_url
        self._nats_url = nats_url
        logs = self.home / "logs"
        own_postgres = EmbeddedPostgres(self.home / "postgres", logs=logs)
        own_nats = EmbeddedNats(self.home / "nats", logs=logs, issuer=lambda: secrets.callout_key(self._secrets))
        self.postgres = None if database_url else own_postgres
        self.nats = None if nats_url else own_nats
        self._own: Sequence[Server] = (own_postgres, own_nats)
        self.issuer = DevelopmentIssuer(self.home / "issuer")
        self._take_shape()

    @classmethod
    def from_settings(cls, replicas: int | None = None, *, apart: bool | None = None) -> "Deployment":
        """The deployment that the environment speaks of."""
        try:
            given = DeploymentSettings(_secrets_dir=SecretFiles().secrets_dir)  # pyright: ignore[reportCallIssue] - read by its base
        except ValidationError as error:
            raise CommandFailed(explain(error)) from error
        database = given.database_url.get_secret_value() if given.database_url else None
        nats = given.nats_url.get_secret_value() if given.nats_url else None
        return cls(given.home, database_url=database, nats_url=nats, replicas=replicas, apart=apart)

    def up(self, tell: Callable[[str], None] = lambda _: None) -> None:
        """Every process is ready; what ran already with the same settings was left alone.

        When that fails, the same runs afterwards as did before, but for processes that had to make way and were at
        other given servers: whose addresses they were is not kept.
        """
        with self._locked(), self._all_or_as_before():
            self._take_shape()  # whoever had the lock before may have changed it
            tell("making keys")
            self.issuer.ensure()
            secrets.ensure(self._secrets)
            tell("starting PostgreSQL and NATS")
            self._require_given()
            _at_once([server.start for server in self._servers])
            if self._reading_in.exists() and self._reading_in.read_text() in ("", self._database_place):
                restoring.tidy(self.database_server)
                self._reading_in.unlink()
            making_way = self._making_way
            if making_way or not self.is_ready():
                tell("making and migrating databases")
                databases.ensure(self.database_server, [service.database for service in SERVICES])
                # what new ones are told is read once before any that runs is stopped for them
                _at_once([partial(self._migrate, service, anyway=bool(making_way)) for service in SERVICES])
                _at_once([process.stop for process in making_way])
                tell("starting the services")
                _at_once([process.start for process in self.processes.values()])
            _at_once([process.start for process in self.processes.values()])  # those told an address that then moved
            shape = {"replicas": self.replicas, "apart": self.apart, "given": self.given}
            keeping.remember(self.home / "replicas.json", shape)

    def down(self) -> None:
        """Nothing that we started runs any more; all data is kept."""
        if not self.home.exists():
            return
        with self._locked(), put_off():
            try:
                _at_once([process.stop for process in self._kept])
            finally:
                _at_once([server.stop for server in self._own])

    def restore(self, place: Path, taken: Manifest, *, replace: bool) -> Sequence[UUID]:
        """The databases hold what the backup *taken* in *place* does; as ``restoring.restore``, nothing else runs.

        Cut off, it leaves all four as they were or all four restored; what else it leaves goes at the next start.
        """
        with self._locked():
            if any(process.running is not None for process in self._kept):
                raise CommandFailed("the services run; stop them first with: acuerdo down")
            secrets.ensure(self._secrets)
            self._require_given()
            try:
                _at_once([server.start for server in self._servers])
                self._reading_in.write_text(self._database_place)
                for service in SERVICES:
                    self._migrated(service).unlink(missing_ok=True)  # before what they speak of goes
                erased = restoring.restore(self.database_server, self.nats_url, place, taken, replace=replace)
            finally:
                _at_once([server.stop for server in self._servers])
            self._reading_in.unlink()
            return erased

    def is_ready(self) -> bool:
        """Whether every process runs with the present settings and says that it is ready."""
        return all(process.is_current() and process.is_ready() for process in self.processes.values())

    @property
    def runs(self) -> bool:
        """Whether anything that we started here still runs."""
        return any(one.running is not None for one in (*self._own, *self._kept))

    def require_made(self) -> None:
        """Return when something was ever started here. Raises ``NotThere``."""
        if not self.issuer.jwks.exists():
            raise NotThere(f"there is no deployment in {self.home}; start one with: acuerdo up")

    @property
    def all_processes(self) -> Sequence[ServiceProcess]:
        """Those that belong to it as it was started last, and whichever else runs."""
        return [*self.processes.values(), *(process for process in self._not_wanted if process.running is not None)]

    def require_own(self) -> None:
        """Return when servers or services are started here, or were. Raises ``NotThere``."""
        if not self._servers and not any(process.log.exists() for process in self._kept):
            raise NotThere(
                "nothing was started here; what runs elsewhere is seen there: docker-compose ps, kubectl get pods"
            )

    def require_running(self) -> None:
        """Return when something that we started runs here. Raises ``NotThere``."""
        self.require_made()
        if not self.runs:
            raise NotThere(f"nothing runs in {self.home}; start it with: acuerdo up")

    @property
    def urls(self) -> dict[str, str]:
        """Where each service's HTTP API answers: its first replica."""
        return self.urls_of(1)

    def urls_of(self, replica: int) -> dict[str, str]:
        """Where a replica of each service answers, counted from 1 and, past the last, round again.

        Each replica has an address of its own, as a pod has; here nothing stands before them that would spread callers.
        """
        number = (replica - 1) % self.replicas + 1
        role = "api" if self.apart else "both"
        return {service.name: self.processes[service.name, role, number].url for service in SERVICES}

    @property
    def database_server(self) -> str:
        """The address of the PostgreSQL server."""
        return self._database_url or _url(self.postgres)

    @property
    def nats_url(self) -> str:
        """The address of NATS for our own processes, password included."""
        return self._nats_url or _url(self.nats)

    @property
    def facts_url(self) -> str:
        """The address of NATS for the companies' programs, which bring a token of their own."""
        return shown(self.nats_url)

    def database_url(self, service: str) -> str:
        """The address of a service's own database."""
        return databases.address(self.database_server, known(service).database)

    def token(
        self, *, company: str, roles: Sequence[str], person: str | None = None, ttl: timedelta = timedelta(hours=8)
    ) -> str:
        """A bearer token with which *person* acts for *company* in *roles*."""
        self.require_made()
        return self.issuer.sign(company=company, roles=roles, person=person or f"{roles[0]}@{company}", ttl=ttl)

    def settings(self, service: Service) -> dict[str, str]:
        """What a service's processes are told."""
        return {
            **secrets.of_service(self._secrets, service.name),
            "ACUERDO_ENVIRONMENT": "development",
            "ACUERDO_DATABASE_URL": self.database_url(service.name),
            "ACUERDO_NATS_URL": self.nats_url,
            "ACUERDO_ISSUER": ISSUER,
            "ACUERDO_AUDIENCE": AUDIENCE,
            "ACUERDO_JWKS_URL": self.issuer.jwks.as_uri(),
            "ACUERDO_PUBLIC_URL": self.urls[service.name],
            "ACUERDO_ALONE": str(self.replicas == 1 and not self.apart and self.postgres is not None),
        }

    def _take_shape(self) -> None:
        """It has the shape that is wished for or, where nothing is, the one that is kept."""
        kept = keeping.recall(self.home / "replicas.json")
        replicas, apart = self._wished
        self.replicas: int = replicas or _as_many(kept.get("replicas"))
        self.apart: bool = bool(kept.get("apart", "replicas" in kept)) if apart is None else apart
        self.is_kept_so = kept.get("given") in (None, self.given)
        self.processes = {
            (process.service.name, process.role, process.replica): process
            for process in self._processes(APART if self.apart else TOGETHER, self.replicas)
        }

    def _processes(self, roles: Sequence[str], replicas: int) -> list[ServiceProcess]:
        place, logs = self.home / "processes", self.home / "logs"
        return [
            ServiceProcess(service, role, partial(self.settings, service), replica=replica, home=place, logs=logs)
            for service in SERVICES
            for role in roles
            for replica in range(1, replicas + 1)
        ]

    @property
    def _kept(self) -> list[ServiceProcess]:
        """Every process that was ever started, whatever it was told then."""
        return [process for process in self._processes(TOGETHER + APART, MOST_REPLICAS) if process.home.exists()]

    @property
    def _not_wanted(self) -> list[ServiceProcess]:
        """Those of them that do not belong to its present shape."""
        wanted = {process.name for process in self.processes.values()}
        return [process for process in self._kept if process.name not in wanted]

    @property
    def _making_way(self) -> list[ServiceProcess]:
        """Those that run and have to stop: they are not wanted, or were told something else."""
        told_otherwise = [process for process in self.processes.values() if not process.is_current()]
        return [process for process in (*self._not_wanted, *told_otherwise) if process.running is not None]

    def _require_given(self) -> None:
        """Return when the servers that are given can be used. Raises ``CommandFailed``."""
        if self._database_url is not None:
            databases.ensure(self._database_url, [])
        if self._nats_url is not None:
            reaching_nats.ensure(self._nats_url)

    @property
    def _servers(self) -> list[Server]:
        return [server for server in (self.postgres, self.nats) if server is not None]

    @property
    def _secrets(self) -> Path:
        return self.home / "secrets"

    def run_once(self, name: str, role: str) -> str:
        """What the service *name* says when it has done the work of *role*, such as ``migrate`` or ``rebuild``."""
        service = known(name)
        argv, env = [sys.executable, "-m", service.package, role], processes.inherited(self.settings(service))
        done = subprocess.run(argv, env=env, cwd=self.home, capture_output=True, text=True, check=False)
        log = keeping.private_directory(self.home / "logs") / f"{service.name}-{role}.log"
        keeping.write(log, done.stdout + done.stderr)
        if done.returncode:
            raise ServerFailed(f"{service.name} could not {role}: {_last_line(done.stderr)} (see {log})")
        return done.stdout

    def _migrate(self, service: Service, *, anyway: bool) -> None:
        """Nothing is done, unless *anyway*, when our own database has had these steps; a given one may have changed."""
        marker, steps = self._migrated(service), service.migrations()
        if anyway or self.postgres is None or steps is None or keeping.recall(marker) != steps:
            self.run_once(service.name, "migrate")
            keeping.private_directory(marker.parent)
            keeping.remember(marker, steps or {})

    def _migrated(self, service: Service) -> Path:
        place = self.home / "processes" if self.postgres is None else self.postgres.migrated
        return place / f"{service.name}-migrated.json"

    @property
    def _reading_in(self) -> Path:
        return self.home / "reading-in"

    @property
    def given(self) -> str:
        """A mark of the servers that are given, which tells nobody their addresses."""
        return hashlib.sha256(f"{self._database_url} {self._nats_url}".encode()).hexdigest()

    @property
    def _database_place(self) -> str:
        """Which server has the databases: ours, or the address of the one that is given."""
        return "ours" if self._database_url is None else shown(self._database_url)

    @contextmanager
    def _all_or_as_before(self) -> Generator[None]:
        """Bring back what ran where the block fails; what could not be brought back is noted on the failure."""
        served, before = {process.name: process.running for process in self._kept}, self._before()
        ran = [server for server in self._servers if server.running is not None]
        try:
            yield
        except BaseException as failure:
            for undo in (
                lambda: _at_once([one.stop for one in self._kept if one.running != served.get(one.name)]),
                lambda: self._start_again([name for name, process in served.items() if process is not None], before),
                lambda: _at_once([server.stop for server in self._servers if server not in ran]),
            ):
                try:
                    undo()
                except (CommandFailed, OSError, KeyboardInterrupt) as also:
                    failure.add_note(str(also) or "told to end meanwhile")
            raise

    def _start_again(self, served: Collection[str], before: "Deployment | None") -> None:
        """Start those of the processes *served* that were stopped, as *before*."""
        if not any(process.running is None for process in self._kept if process.name in served):
            return
        if before is None:
            raise CommandFailed("what ran before was at other servers, and is stopped")
        stopped = [one for one in before.processes.values() if one.name in served and one.running is None]
        _at_once([process.start for process in stopped])

    def _before(self) -> "Deployment | None":
        """It as it runs, or was kept last; None where that was at other given servers."""
        servers = dict.fromkeys(product((self._database_url, None), (self._nats_url, None)))
        known = [Deployment(self.home, database_url=database, nats_url=nats) for database, nats in servers]
        return next(filter(_runs_so, known), next((one for one in known if one.is_kept_so), None))

    @contextmanager
    def _locked(self) -> Generator[None]:
        keeping.private_directory(self.home)
        with (self.home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _url(server: Server | None) -> str:
    if server is None or server.running is None:
        raise NotThere(f"no {'server' if server is None else server.name} runs here; start it with: acuerdo up")
    return server.url


def _runs_so(deployment: Deployment) -> bool:
    """Tell whether any process runs with what *deployment* would tell it."""
    try:
        return any(process.is_current() for process in deployment.processes.values())
    except CommandFailed:  # it would tell of servers that do not run
        return False


def _as_many(kept: object) -> int:
    """Return how many replicas were *kept* in a file, 1 where that makes no sense."""
    return kept if isinstance(kept, int) and kept is not True and 1 <= kept <= MOST_REPLICAS else 1


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it said nothing")


def _at_once(works: Sequence[Callable[[], object]]) -> None:
    with ThreadPoolExecutor(max_workers=max(len(works), 1)) as pool:
        for ended in [pool.submit(work) for work in works]:
            ended.result()
