"""What PostgreSQL and NATS have in common: started once, found again, stopped for good."""

import signal
import time
from abc import ABC, abstractmethod
from pathlib import Path

from acuerdo_cli.embedded import keeping, ports, processes
from acuerdo_cli.embedded.processes import Running
from acuerdo_cli.errors import ServerFailed


class EmbeddedServer(ABC):
    """A server whose data, secret and address lie below *home*."""

    name: str
    ports_wanted: int
    goodbye = signal.SIGTERM

    def __init__(self, home: Path, *, logs: Path | None = None) -> None:
        self.home = home.absolute()
        self.log = (logs or self.home) / f"{self.name}.log"

    def start(self) -> str:
        """The server answers at the address returned, as it was or newly started."""
        if self.running is None:
            keeping.private_directory(self.home)
            keeping.private_directory(self.log.parent)
            self.prepare()
            self._launch()
        return self.url

    def stop(self) -> None:
        """The server has ended in good order; nothing happens when it was not running."""
        running = self.running
        if running is not None:
            processes.stop(running, how=self.goodbye, patience=60)
        known = keeping.recall(self._record)
        if known:
            keeping.remember(self._record, {"ports": known["ports"]})

    @property
    def running(self) -> Running | None:
        known = keeping.recall(self._record)
        if "pid" not in known:
            return None
        process = Running(known["pid"], known["started"])
        return process if processes.is_alive(process) else None

    @property
    def ports(self) -> list[int]:
        return keeping.recall(self._record)["ports"]

    @property
    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def prepare(self) -> None:
        """Everything that must be on disk before the server starts."""

    @abstractmethod
    def launch(self, chosen: list[int]) -> Running: ...

    @abstractmethod
    def is_ready(self) -> bool: ...

    @property
    def _record(self) -> Path:
        return self.home / "server.json"

    def _launch(self, attempts: int = 5) -> None:
        for _ in range(attempts):
            chosen = self._choose_ports()
            process = self.launch(chosen)
            keeping.remember(self._record, {"pid": process.pid, "started": process.started, "ports": chosen})
            if self._became_ready(process):
                return
            time.sleep(0.2)  # somebody took its port, or what a killed one left behind is just ending
        raise ServerFailed(f"{self.name} did not start: {self._last_words()} (see {self.log})")

    def _choose_ports(self) -> list[int]:
        before: list[int] = keeping.recall(self._record).get("ports", [])
        wanted: list[int | None] = [*before, *[None] * (self.ports_wanted - len(before))]
        return [ports.choose(port) for port in wanted]

    def _became_ready(self, process: Running, patience: float = 60) -> bool:
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if not processes.is_alive(process):
                return False
            if self.is_ready():
                return True
            time.sleep(0.01)
        processes.stop(process)
        return False

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").split("\n") if self.log.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
