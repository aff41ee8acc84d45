"""Touchpoints with three routes more, which take what recording a contact takes and do next to nothing.

Only measuring starts it (``python -m acuerdo_cli.bench.floor_process``), and it refuses outside development: the
service's own program knows neither the routes nor this module.
"""

import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

import uvloop
from asyncpg import Pool, Record
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response

from common.running.both import run_both
from common.running.main import collect_seldom
from common.running.service import Service
from common.settings import SecretFiles, ServiceSettings
from common.telemetry import logs
from common.web.desk import Desk

NOTHING, INSERT, USUAL = "/v1/bench/nothing", "/v1/bench/insert", "/v1/bench/nothing-usually"
TABLE = "CREATE TABLE IF NOT EXISTS bench_rows (id uuid PRIMARY KEY, body bytea NOT NULL)"
_ROW = "INSERT INTO bench_rows VALUES ($1, $2)"
_AS_IN = "recordContact"


async def nothing(body: BaseModel, desk: Desk) -> Response:  # noqa: ARG001 - they are read and checked, which is the point
    """Answer as if a contact had been recorded."""
    return _answer(desk)


async def usually(body: BaseModel, desk: Desk) -> Any:  # noqa: ARG001 - as above
    """Answer so, reached by the framework's own way: what it returns is not known beforehand to be an answer."""
    return _answer(desk)


async def insert(body: BaseModel, desk: Desk) -> Response:  # noqa: ARG001 - as above
    """Insert one row in a transaction of its own, and answer as if a contact had been recorded."""
    pool: Pool[Record] = desk.request.app.state.bench_pool
    await pool.execute(_ROW, desk.new_id(), await desk.request.body())
    return _answer(desk)


def with_floors(service: Service) -> Service:
    """Return *service* with the three routes, whose body and policy are those of recording a contact."""
    router = APIRouter(tags=["bench"])
    for path, endpoint in ((NOTHING, nothing), (INSERT, insert), (USUAL, usually)):
        router.post(path, status_code=201, operation_id=endpoint.__name__)(_asking_as_much(endpoint, service))

    def state(settings: ServiceSettings, pool: "Pool[Record]") -> Mapping[str, object]:
        return {**service.state(settings, pool), "bench_pool": pool}

    return replace(service, routers=(*service.routers, router), state=state)


def main() -> None:
    """Serve until told to stop; refuse outside development."""
    service: Service = import_module("touchpoints.wiring").service
    settings = service.settings(_secrets_dir=SecretFiles().secrets_dir)  # pyright: ignore[reportCallIssue] - the rest is read
    if settings.environment != "development":
        sys.exit("this process is for measuring and runs in development only")
    logs.set_up("touchpoints floor", settings.log_level)
    collect_seldom()
    uvloop.run(run_both(with_floors(service), settings))


def _asking_as_much(endpoint: Callable[[Any, Any], Awaitable[Response]], service: Service) -> Callable[..., Any]:
    routes = (route for router in service.routers for route in router.routes if isinstance(route, APIRoute))
    like = inspect.signature(next(route.endpoint for route in routes if route.operation_id == _AS_IN))
    endpoint.__annotations__ |= {name: like.parameters[name].annotation for name in ("body", "desk")}
    return endpoint


def _answer(desk: Desk) -> Response:
    said = b'{"contact_id":"%s","version":1}' % str(desk.new_id()).encode()
    headers = {"ETag": '"1"', "Acuerdo-Position": f"{desk.runtime.service}=1"}
    return Response(said, status_code=201, headers=headers, media_type="application/json")


if __name__ == "__main__":
    main()
