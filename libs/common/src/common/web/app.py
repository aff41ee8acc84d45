"""A service's HTTP application, the same for all four."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from common.refusals import Refusal
from common.web.crowd import Crowd
from common.web.docs import serve_docs
from common.web.edge import Edge
from common.web.entrance import barred, speaks_json
from common.web.health import health
from common.web.located import located
from common.web.preface import preface
from common.web.problems import Malformed, NotJson, plain_problem, refused, respond
from common.web.runtime import Runtime

_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""The framework's own: the edge traces and counts, by route template, since raw paths may hold secrets."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class SameOperationId(Exception):
    """Two routes have the same operation id: clients could not name them apart."""


def create_app(
    *,
    service: str,
    title: str,
    routers: Sequence[APIRouter],
    runtime: Runtime,
    about: str = "",
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """Return the application that serves *routers* upon *runtime*; *about*: what it is for, and in which order."""
    app = FastAPI(
        title=title,
        version="1",
        description=preface(service, about),
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        telemetry=_NO_TELEMETRY,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.runtime = runtime
    app.state.in_flight = set()
    app.state.going_on = set()
    app.state.draining = False
    for router in (*routers, health):
        app.router.routes.extend(router.routes)  # flat: matched once, and each route's path is whole
    serve_docs(app)
    _check_operation_ids(app)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _http)
    app.state.crowd = Crowd(runtime.max_in_flight)
    app.add_middleware(Edge, runtime=runtime, crowd=app.state.crowd)
    return app


def _check_operation_ids(app: FastAPI) -> None:
    seen: set[str] = set()
    for route in app.routes:
        if isinstance(route, APIRoute):
            name = route.operation_id or route.name
            if name in seen:
                raise SameOperationId(name)
            seen.add(name)


async def _refused(_: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)  # noqa: S101 - registered for refusals only
    return refused(refusal)


async def _not_understood(request: Request, error: Exception) -> Response:
    """Answer where what is wrong, without what was sent: it may be personal."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for these only
    why = await barred(request)
    if why is not None:
        return refused(why)
    if not speaks_json(request) and any(_sent_as_something_else(one) for one in error.errors()):
        return refused(NotJson("send it with Content-Type: application/json"))
    return refused(Malformed(errors=located(error.errors())))


def _sent_as_something_else(error: Mapping[str, Any]) -> bool:
    return error["loc"] == ("body",) and error["type"] != "missing"


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for these only
    why = await barred(request)
    if why is not None:
        return refused(why)
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return refused(Malformed())
    name = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return respond(plain_problem(error.status_code, name), error.headers)
