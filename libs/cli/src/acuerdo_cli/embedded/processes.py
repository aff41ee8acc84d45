"""Processes that outlive the command which started them, known by pid and by when they started."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

STATE, STARTED = 0, 19  # fields of /proc/<pid>/stat after the command's name: proc(5)
_WHEN_TOLD = ("/bin/sh", "-c", 'read -r go && exec "$@" </dev/null', "sh")
"""Becomes the command that follows, under the same pid, when it reads a line; ends when nobody is left to write one."""


@dataclass(frozen=True, slots=True)
class Running:
    """One process for good: a pid alone may be given to another process later."""

    pid: int
    started: str


@contextlib.contextmanager
def spawn(
    argv: Sequence[str], *, log: Path, env: Mapping[str, str], cwd: Path | None = None, user: int | None = None
) -> Generator[Running]:
    """Give a process that begins when the block has ended well, and never if it fails or we are killed in it.

    It runs in a session of its own, so Ctrl-C at our terminal does not reach it.
    """
    with log.open("ab") as output:
        child = subprocess.Popen(
            [*_WHEN_TOLD, *argv], stdin=subprocess.PIPE, bufsize=0, stdout=output, stderr=subprocess.STDOUT,
            env=dict(env), cwd=cwd, start_new_session=True, user=user, group=user,
            extra_groups=None if user is None else [],
        )  # fmt: skip
    child.returncode = 0  # it outlives us: is_alive looks after it, not the interpreter's last sweep
    with cast("IO[bytes]", child.stdin) as word:
        yield Running(child.pid, _started(child.pid) or "gone")
        with contextlib.suppress(BrokenPipeError):  # it has ended already
            word.write(b"go\n")


def inherited(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child of ours: *settings* on top of what we were given ourselves."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", **settings}  # noqa: TID251 - as every shell does


def identify(pid: int) -> Running | None:
    """The process that has this pid now, if any."""
    started = _started(pid)
    return None if started is None else Running(pid, started)


def is_alive(process: Running) -> bool:
    """A process that ended counts as gone even before its parent has looked."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    return _started(process.pid) == process.started


def stop(process: Running, *, how: signal.Signals = signal.SIGTERM, patience: float = 30) -> None:
    """The process is gone; killed if it took longer than *patience* seconds."""
    for wish, seconds in ((how, patience), (signal.SIGKILL, 10.0)):
        if not is_alive(process):
            return
        os.kill(process.pid, wish)
        _wait(process, seconds)


def _wait(process: Running, seconds: float) -> None:
    end = time.monotonic() + seconds
    while is_alive(process) and time.monotonic() < end:
        time.sleep(0.01)


def _started(pid: int) -> str | None:
    stat = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self/stat").exists():
        return _started_by_ps(pid)
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[STATE] in "ZX" else f"{_boot()}/{fields[STARTED]}"


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _started_by_ps(pid: int) -> str | None:
    ps = shutil.which("ps") or "/bin/ps"
    answer = subprocess.run([ps, "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None
