"""What no service could be faster than: taken in the same run, on the same servers."""

import asyncio
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

import asyncpg
import nats
from nats.js import JetStreamContext, api

from acuerdo_cli.bench.load import Taken
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.embedded import postgres, processes
from acuerdo_cli.embedded.processes import Running
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.services import SERVICES, ServiceProcess

TOUCHPOINTS = next(service for service in SERVICES if service.name == "touchpoints")
STREAM, SUBJECT = "BENCH", "bench.published"
_WINDOW = 500
_MESSAGE = bytes(600)  # as large as a contact's fact
_TABLE = "CREATE TABLE IF NOT EXISTS one_row (id bigserial PRIMARY KEY, said text NOT NULL)"
_SCRIPT = "INSERT INTO one_row (said) VALUES (repeat('x', 600));\n"
_SAID = re.compile(r"tps = ([0-9.]+)")


class FloorProcess(ServiceProcess):
    """Touchpoints as one process that also has the routes that do next to nothing, in place of the usual one."""

    def __init__(self, deployment: Deployment) -> None:
        self._told = lambda: deployment.settings(TOUCHPOINTS)
        self._usual = ServiceProcess(
            TOUCHPOINTS, "both", self._told, home=deployment.home / "processes", logs=deployment.home / "logs"
        )
        home = deployment.home
        super().__init__(TOUCHPOINTS, "floor", self._told, home=home / "processes", logs=home / "logs")

    @property
    def ports(self) -> list[int]:
        """The ports of the usual one, which does not run meanwhile."""
        return super().ports if self.running is not None else self._usual.ports

    def take_over(self) -> None:
        """Run instead of the usual one, at its address."""
        self._usual.stop()
        self.start()

    def give_back(self) -> None:
        """Let the usual one run again."""
        self.stop()
        self._usual.start()

    def launch(self, chosen: list[int]) -> AbstractContextManager[Running]:
        """It starts on the chosen port when the block ends."""
        told = {**self._told(), "ACUERDO_HOST": "127.0.0.1", "ACUERDO_PORT": str(chosen[0])}
        argv = [sys.executable, "-m", "acuerdo_cli.bench.floor_process"]
        return processes.spawn(argv, log=self.log, env=processes.inherited(told), cwd=self.home)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inserts:
    """What pgbench says of inserting one row per transaction."""

    at_once: int
    per_second: float


async def make_table(database_url: str, statement: str) -> None:
    """Make a table that only measuring writes to."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def table_for_pgbench(server_url: str) -> None:
    """Make the table that pgbench inserts into."""
    await make_table(server_url, _TABLE)


def pgbench(server_url: str, *, seconds: int, at_once: int) -> Inserts:
    """Return how many transactions of one insert each a second the server commits, asked by *at_once* connections."""
    with tempfile.TemporaryDirectory() as scratch:
        script = Path(scratch) / "insert.sql"
        script.write_text(_SCRIPT)
        argv = [
            str(postgres.program("pgbench")), "--no-vacuum", "--protocol=prepared", f"--file={script}",
            f"--client={at_once}", "--jobs=1", f"--time={seconds}",
        ]  # fmt: skip
        done = subprocess.run(argv, env=_told(server_url), capture_output=True, text=True, check=False)
    found = _SAID.search(done.stdout)
    if done.returncode or found is None:
        raise CommandFailed(f"pgbench did not measure: {' '.join((done.stderr + done.stdout).split())[-300:]}")
    return Inserts(at_once=at_once, per_second=float(found[1]))


async def publish(nats_url: str, count: int) -> Taken:
    """Publish *count* messages to a stream on disk, many acknowledgements in flight; the stream is gone afterwards."""
    client = await nats.connect(nats_url)
    try:
        jetstream = client.jetstream(publish_async_max_pending=_WINDOW)
        await jetstream.add_stream(api.StreamConfig(name=STREAM, subjects=[SUBJECT], storage=api.StorageType.FILE))
        try:
            return await published(jetstream, count)
        finally:
            await jetstream.delete_stream(STREAM)
    finally:
        await client.close()


async def published(jetstream: JetStreamContext, count: int) -> Taken:
    """Publish *count* messages; end where the task is cancelled, which the library keeps to itself."""
    task, each = asyncio.current_task(), list[float]()
    began = perf_counter()
    for _ in range(count):
        if task is not None and task.cancelling():
            raise asyncio.CancelledError
        sent = perf_counter()
        acknowledged = await jetstream.publish_async(SUBJECT, _MESSAGE, wait_stall=60)
        acknowledged.add_done_callback(lambda _, sent=sent: each.append(perf_counter() - sent))
    await jetstream.publish_async_completed()
    return Taken(seconds=perf_counter() - began, each=tuple(each))


def _told(server_url: str) -> Mapping[str, str]:
    """Return the environment in which libpq finds the server: no password on a command line."""
    parts = urlsplit(server_url)
    return {
        "PGHOST": parts.hostname or "", "PGPORT": str(parts.port or 5432), "PGUSER": parts.username or "",
        "PGPASSWORD": parts.password or "", "PGDATABASE": parts.path.lstrip("/"), "PATH": "/usr/bin:/bin",
    }  # fmt: skip
