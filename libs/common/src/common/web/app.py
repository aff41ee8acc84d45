"""A service's HTTP application, the same for all four."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from fastapi import APIRouter, FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from starlette.types import ASGIApp, Receive, Scope, Send

from common.web.crowd import Crowd
from common.web.docs import serve_docs
from common.web.edge import Edge
from common.web.finding import Finding
from common.web.health import health
from common.web.preface import preface
from common.web.runtime import Runtime
from common.web.short_way import shortened

_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""The framework's own: the edge traces and counts, by route template, since raw paths may hold secrets."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class _Application(FastAPI):
    """The framework's application without those of its layers whose work is the edge's, or nobody's here."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or the application's own beginning and end."""
        if self.middleware_stack is None:
            self.middleware_stack = self.build_middleware_stack()
        scope["app"] = self
        await self.middleware_stack(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """Return the edge, and behind it the routes."""
        return Edge(AsyncExitStackMiddleware(Finding(self.router)), self.state.runtime, self.state.crowd)


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
    app = _Application(
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
        for route in router.routes:
            if isinstance(route, APIRoute):
                shortened(route)
            app.router.routes.append(route)  # flat: matched once, and each route's path is whole
    serve_docs(app)
    _check_operation_ids(app)
    app.state.crowd = Crowd(runtime.max_in_flight)
    return app


def _check_operation_ids(app: FastAPI) -> None:
    seen: set[str] = set()
    for route in app.routes:
        if isinstance(route, APIRoute):
            name = route.operation_id or route.name
            if name in seen:
                raise SameOperationId(name)
            seen.add(name)
