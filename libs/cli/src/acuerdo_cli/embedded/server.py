"""What everything that `up` starts has in common: started once, found again, stopped for good."""

import signal
import time
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from acuerdo_cli.embedded import keeping, ports, processes
from acuerdo_cli.embedded.processes import Running
from acuerdo_cli.errors import ServerFailed

_HIGHEST_PID = 2**31 - 1


class Server(ABC):
    """A process with an address, whose files lie below *home*."""

    name: str
    ports_wanted: int
    goodbye = signal.SIGTERM
    patience = 30.0
    """Seconds that one which runs already may take to be ready."""

    def __init__(self, home: Path, *, logs: Path | None = None) -> None:
        self.home = home.absolute()
        self.log = (logs or self.home).absolute() / f"{self.name}.log"

    @property
    @abstractmethod
    def url(self) -> str:
        """Where it answers."""

    @abstractmethod
    def prepare(self) -> None:
        """Everything is on disk that must be there before it starts."""

    @abstractmethod
    def launch(self, chosen: list[int]) -> AbstractContextManager[Running]:
        """It starts on the chosen ports when the block ends."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it does its work yet."""

    def fingerprint(self) -> str:
        """What it was started with; when that changes it must be started anew."""
        return ""

    def may_retry(self, chosen: list[int]) -> bool:
        """Whether another try may succeed after one that failed: somebody took a port."""
        return not all(ports.is_free(port) for port in chosen)

    def start(self) -> str:
        """It answers at the address returned, as it was or newly started."""
        if not self.is_current():
            self.stop()
        running = self.running
        if running is None:
            keeping.private_directory(self.home)
            keeping.private_directory(self.log.parent)
            self.prepare()
            self._launch()
        elif not self._is_ready_within(running, self.patience):
            why = self.complaint()
            raise ServerFailed(f"{self.name} runs and is not ready: {why}; stop it with: acuerdo down (see {self.log})")
        return self.url

    def is_current(self) -> bool:
        """Whether it runs with what it would be started with now."""
        return self.running is not None and self._known.get("fingerprint", "") == self.fingerprint()

    def stop(self) -> None:
        """It has ended in good order; nothing happens when it was not running."""
        running = self.running
        if running is not None:
            processes.stop(running, how=self.goodbye, patience=60)
        if "pid" in self._known:
            keeping.remember(self._record, {"ports": self.ports})

    @property
    def running(self) -> Running | None:
        """The process that we started, while it lives."""
        known = self._known
        if "pid" not in known:
            return None
        process = Running(known["pid"], known["started"])
        return process if processes.is_alive(process) else None

    @property
    def ports(self) -> list[int]:
        """The ports it has, or had when it ran last; chosen now if it never ran."""
        known = self._known
        if "ports" not in known:
            keeping.private_directory(self.home)
            known |= {"ports": [ports.choose() for _ in range(self.ports_wanted)]}
            keeping.remember(self._record, known)
        return known["ports"]

    def complaint(self) -> str:
        """What it says is missing while it is not ready."""
        return self.last_words()

    def last_words(self) -> str:
        """The last line of its log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")

    @property
    def _known(self) -> dict[str, Any]:
        return self._recalled(self._record)

    def _recalled(self, record: Path) -> dict[str, Any]:
        """What *record* says of one like it: which process it is, and which ports it has, where that can be."""
        kept = keeping.recall(record)
        chosen = kept.get("ports")
        has_ports = isinstance(chosen, list) and len(chosen) == self.ports_wanted and all(map(ports.is_one, chosen))
        sound = {"ports"} if has_ports else set[str]()
        if _names_a_process(kept):
            sound |= {"pid", "started", "fingerprint"}
        return {name: said for name, said in kept.items() if name in sound}

    @property
    def _record(self) -> Path:
        return self.home / "server.json"

    def _launch(self, attempts: int = 5) -> None:
        for _ in range(attempts):
            chosen = [ports.choose(port) for port in self.ports]
            keeping.remember(self._record, {"ports": chosen})
            mark = self.fingerprint()
            with self.launch(chosen) as process:
                known = {"pid": process.pid, "started": process.started, "ports": chosen, "fingerprint": mark}
                keeping.remember(self._record, known)
            if self._became_ready(process):
                return
            if not self.may_retry(chosen):
                break
            time.sleep(0.2)
        raise ServerFailed(f"{self.name} did not start: {self.last_words()} (see {self.log})")

    def _is_ready_within(self, process: Running, patience: float) -> bool:
        end = time.monotonic() + patience
        while processes.is_alive(process) and time.monotonic() < end:
            if self.is_ready():
                return True
            time.sleep(0.02)
        return False

    def _became_ready(self, process: Running, patience: float = 120) -> bool:
        if self._is_ready_within(process, patience):
            return True
        if not processes.is_alive(process):
            return False
        why = self.complaint()
        processes.stop(process)
        raise ServerFailed(f"{self.name} is not ready after {patience:.0f} seconds: {why} (see {self.log})")


def _names_a_process(kept: dict[str, Any]) -> bool:
    pid, started = kept.get("pid"), kept.get("started")
    return isinstance(pid, int) and pid is not True and 0 < pid <= _HIGHEST_PID and isinstance(started, str)
