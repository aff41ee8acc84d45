"""The deployment that docker-compose.yml describes, started in containers and looked at from outside."""

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from acuerdo_cli.deployment import Deployment, NotThere
from acuerdo_cli.errors import ServerFailed
from acuerdo_cli.services import SERVICES

PORTS = ("AGREEMENT_PORT", "TOUCHPOINTS_PORT", "SOLVER_TEAMS_PORT", "FEEDBACK_LOOP_PORT", "NATS_PORT")
_HTTP, _NATS = 8000, 4222  # inside the containers
_COMPLAINT = re.compile(r'"error"|Traceback|cannot go on|settings: |FATAL|\[FTL\]')


class ComposedDeployment(Deployment):
    """Containers of the compose *project*, at ports that are free; *source* is where docker-compose.yml lies."""

    def __init__(self, home: Path, *, source: Path, project: str) -> None:
        # Nothing is started for these addresses: the servers are the project's own and known when it is up.
        super().__init__(home, database_url="postgresql://postgres:5432/postgres", nats_url="nats://nats:4222")
        self._source = source
        self._project = project
        self._urls: dict[str, str] = {}

    def start(self, *, patience: float = 300) -> None:
        """Images are those of the sources as they are now, and every container is healthy."""
        try:
            self._compose("up", "--detach", "--build")
            self._wait_until_healthy(patience)
        except ServerFailed as failed:
            raise ServerFailed(f"{failed}\n{self.complaints()}") from failed
        self._urls = {one.name: f"http://{self._address(f'{one.name}-api', _HTTP)}" for one in SERVICES}
        self._take_out("issuer")
        self._take_out("operator")
        given = (self.home / "operator" / "ACUERDO_NATS_URL").read_text()
        self._nats_url = f"{given.rpartition('@')[0]}@{self._address('nats', _NATS)}"

    def down(self) -> None:
        """Containers, networks and volumes of the project are gone, its keys and facts with them."""
        self._compose("down", "--volumes", "--remove-orphans")

    def complaints(self) -> str:
        """What the containers said of errors."""
        lines = self._compose("logs", "--no-color").splitlines()
        return "\n".join(line for line in lines if _COMPLAINT.search(line))

    def urls_of(self, replica: int) -> dict[str, str]:  # noqa: ARG002 - whichever is asked for
        """Where each service's api answers; there is one replica of each."""
        if not self._urls:
            raise NotThere(f"nothing of {self._project} runs in containers")
        return self._urls

    def _take_out(self, folder: str) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        keys = self._compose("ps", "--quiet", "keys").strip()
        self._run(["docker", "cp", f"{keys}:/keys/{folder}", str(self.home)])

    def _address(self, service: str, port: int) -> str:
        return self._compose("port", service, str(port)).strip()

    def _wait_until_healthy(self, patience: float) -> None:
        deadline = time.monotonic() + patience
        while waited_for := self._not_healthy():
            if time.monotonic() > deadline:
                raise ServerFailed(f"after {patience:.0f} s not healthy: {', '.join(waited_for)}")
            time.sleep(0.5)

    def _not_healthy(self) -> list[str]:
        containers = self._compose("ps", "--quiet").split()
        states = json.loads(self._run(["docker", "inspect", *containers]))
        return [one["Name"].lstrip("/") for one in states if not _is_well(one["State"])]

    def _compose(self, *words: str) -> str:
        program = ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
        return self._run([*program, "--project-name", self._project, *words])

    def _run(self, argv: list[str]) -> str:
        env = {**os.environ, **dict.fromkeys(PORTS, "0")}  # noqa: TID251 - where the engine is, the environment says
        done = subprocess.run(argv, cwd=self._source, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServerFailed(f"{' '.join(argv)}: {done.stderr.strip()[-2000:]}")
        return done.stdout


def _is_well(state: dict[str, object]) -> bool:
    health = state.get("Health")
    if state["Status"] == "exited":
        return state["ExitCode"] == 0
    return isinstance(health, dict) and health["Status"] == "healthy"
