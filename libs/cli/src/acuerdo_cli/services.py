"""The four services, and the processes that they run as."""

import hashlib
import http.client
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from acuerdo_cli.embedded import processes
from acuerdo_cli.embedded.processes import Running
from acuerdo_cli.embedded.server import Server
from acuerdo_cli.errors import CommandFailed


class NoSuchService(CommandFailed):
    """There are four services, and this is none of them."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its name in addresses and facts, its Python package, its database."""

    name: str
    package: str

    @property
    def database(self) -> str:
        return f"acuerdo_{self.package}"

    def migrations(self) -> dict[str, str] | None:
        """The steps that its tables came by, each with its hash; None where they are not beside the package."""
        found = find_spec(self.package)
        if found is None or found.origin is None:
            return None
        steps = sorted((Path(found.origin).parents[2] / "migrations" / "versions").glob("*.py"))
        return {step.name: hashlib.sha256(step.read_bytes()).hexdigest() for step in steps} or None


SERVICES = (
    Service("agreement", "agreement"),
    Service("touchpoints", "touchpoints"),
    Service("solver-teams", "solver_teams"),
    Service("feedback-loop", "feedback_loop"),
)
NAMES = tuple(service.name for service in SERVICES)
TOGETHER = ("both",)
APART = ("api", "worker")
ANSWERING = ("both", "api")
"""The roles of a service's processes: one that does everything, or two; and those that answer at an address."""


def known(name: str) -> Service:
    """Return the service called *name*. Raises ``NoSuchService``."""
    found = next((service for service in SERVICES if service.name == name), None)
    if found is None:
        raise NoSuchService(f"there is no service {name}; there are {', '.join(NAMES)}")
    return found


@dataclass(frozen=True, slots=True)
class Health:
    """What a process says of itself at /readyz; position and lag are None while it says nothing."""

    health: str
    position: int | None = None
    lag: Mapping[str, int] | None = None
    detail: str | None = None


class ServiceProcess(Server):
    """A replica of a service in one of its roles; *settings* says what it is told, which may change between starts."""

    ports_wanted = 1

    def __init__(
        self,
        service: Service,
        role: str,
        settings: Callable[[], Mapping[str, str]],
        *,
        home: Path,
        logs: Path,
        replica: int = 1,
    ) -> None:
        self.service = service
        self.role = role
        self.replica = replica
        self.name = self._named(role)
        self._settings = settings
        super().__init__(home / self.name, logs=logs)

    @property
    def ports(self) -> list[int]:
        """The ports it has; while it does not run, those of whichever answered here last, in one role or another."""
        if self.running is not None or self.role not in ANSWERING:
            return super().ports
        records = [self.home.parent / self._named(role) / self._record.name for role in ANSWERING]
        known = {one: said["ports"] for one in records if "ports" in (said := self._recalled(one))}
        return known[max(known, key=lambda one: one.stat().st_mtime_ns)] if known else super().ports

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    def _named(self, role: str) -> str:
        return f"{self.service.name}-{role}" + ("" if self.replica == 1 else f"-{self.replica}")

    def prepare(self) -> None:
        """Its database and settings are there already."""

    def launch(self, chosen: list[int]) -> AbstractContextManager[Running]:
        told = {**self._settings(), "ACUERDO_HOST": "127.0.0.1", "ACUERDO_PORT": str(chosen[0])}
        argv = [sys.executable, "-m", self.service.package, self.role]
        return processes.spawn(argv, log=self.log, env=processes.inherited(told), cwd=self.home)

    def is_ready(self) -> bool:
        return self.ask().health == "ready"

    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(dict(self._settings()), sort_keys=True).encode()).hexdigest()

    def ask(self) -> Health:
        """What the process says of itself now."""
        if self.running is None:
            return Health("down")
        status, said = _get(self.url, "/readyz")
        health = "ready" if status == http.HTTPStatus.OK else str(said.get("status", "not ready"))
        return Health(health, said.get("position"), said.get("lag"), said.get("detail"))

    def complaint(self) -> str:
        """What it says at /readyz, or that it says nothing there and what it last said in its log."""
        status, said = _get(self.url, "/readyz")
        if not status:
            return f"it does not answer at {self.url}/readyz; its log ends with: {self.last_words()}"
        return str(said.get("detail") or self.last_words())


def _get(url: str, path: str) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        said = json.loads(answer.read())
    except (OSError, http.client.HTTPException, json.JSONDecodeError):
        return 0, {}
    else:
        return answer.status, said if isinstance(said, dict) else {}
    finally:
        connection.close()
