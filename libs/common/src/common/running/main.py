"""``python -m <package> api | worker | both | migrate | rebuild``: a service in one of its roles."""

import gc
import sys

import asyncpg
import uvloop
from pydantic import ValidationError

from common.projecting import shape_of
from common.running.api import run_api
from common.running.both import run_both
from common.running.rebuilding import rebuild
from common.running.service import CannotStart, Service
from common.running.worker import run_worker
from common.settings import SecretFiles, ServiceSettings, explain
from common.telemetry import logs, traces

ROLES = ("api", "worker", "both", "migrate", "rebuild")


def main(service: Service) -> None:
    """Run *service* in the role named on the command line; one line and exit code 2 when it cannot be meant."""
    role = sys.argv[1] if len(sys.argv) == 2 else ""
    if role not in ROLES:
        sys.exit(_say(f"usage: python -m {service.name.replace('-', '_')} {' | '.join(ROLES)}"))
    try:
        settings = service.settings(_secrets_dir=SecretFiles().secrets_dir)  # pyright: ignore[reportCallIssue] - the rest is read
    except ValidationError as error:
        sys.exit(_say(explain(error)))
    logs.set_up(f"{service.name} {role}", settings.log_level)
    stop_tracing = traces.set_up(service.name, settings.otlp_endpoint)
    collect_seldom()
    try:
        code = uvloop.run(_run(service, settings, role))
    finally:
        stop_tracing()
    sys.exit(code)


def collect_seldom() -> None:
    """Look for garbage in cycles after ever so many new objects, and never among what the program itself is made of.

    Nearly all that a request or a fact needs goes when nobody refers to it; by Python's own thresholds looking for the
    rest, among all the states that are remembered, takes a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


async def _run(service: Service, settings: ServiceSettings, role: str) -> int:
    try:
        match role:
            case "api":
                await run_api(service, settings)
            case "worker":
                await run_worker(service, settings)
            case "both":
                await run_both(service, settings)
            case "rebuild":
                await rebuild(service, settings)
            case _:
                from common.eventstore.migrating import migrate  # noqa: PLC0415 - alembic is a tenth of a start

                database, rows = settings.database_url.get_secret_value(), shape_of(service.projections)
                await migrate(database, service.migrations, rows=rows)
    except (OSError, asyncpg.PostgresError, CannotStart) as error:
        return _say(f"{service.name} {role} cannot go on: {error}")
    return 0


def _say(line: str) -> int:
    print(line, file=sys.stderr)  # noqa: T201 - the one line that whoever started it reads
    return 2
