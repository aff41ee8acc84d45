"""A service's HTTP application, the same for all four."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from common.refusals import Refusal
from common.web.entrance import barred
from common.web.problems import Malformed, plain_problem, problem_of, refused, respond
from common.web.runtime import Runtime

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    *, service: str, title: str, routers: Sequence[APIRouter], runtime: Runtime, lifespan: Lifespan | None = None
) -> FastAPI:
    """Return the application that serves *routers* upon *runtime*."""
    app = FastAPI(title=title, version="1", lifespan=lifespan, redirect_slashes=False, docs_url=None, redoc_url=None)
    app.state.service = service
    app.state.runtime = runtime
    app.state.in_flight = set()
    for router in routers:
        app.include_router(router)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _http)
    return app


async def _refused(_: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)  # noqa: S101 - registered for refusals only
    return refused(refusal)


async def _not_understood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for these only
    why = await barred(request)
    if why is not None:
        return refused(why)
    errors = [{"at": [str(part) for part in one["loc"]], "message": one["msg"]} for one in error.errors()]
    return respond(problem_of(Malformed(errors=errors)))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for these only
    why = await barred(request)
    if why is not None:
        return refused(why)
    if error.status_code == 400:
        return refused(Malformed())
    name = str(error.detail).lower().replace(" ", "-")
    return respond(plain_problem(error.status_code, name), error.headers)
