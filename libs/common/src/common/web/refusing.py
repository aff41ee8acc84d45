"""What a request is answered that no route takes, or that a route cannot read."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from common.web.entrance import barred, speaks_json
from common.web.located import located
from common.web.problems import Malformed, NotJson, plain_problem, refused, respond

_NAMES = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "content-too-large"}
"""Where the problem is called otherwise than the status was in HTTP before RFC 9110."""


async def instead_of(request: Request, error: HTTPException | RequestValidationError) -> Response:
    """Return the answer for *error*; whoever may not be told what is wrong is told that."""
    why = await barred(request)
    if why is not None:
        return refused(why)
    return _not_understood(request, error) if isinstance(error, RequestValidationError) else _http(error)


def _not_understood(request: Request, error: RequestValidationError) -> Response:
    """Answer where what is wrong, without what was sent: it may be personal."""
    if not speaks_json(request) and any(_sent_as_something_else(one) for one in error.errors()):
        return refused(NotJson("send it with Content-Type: application/json"))
    return refused(Malformed(errors=located(error.errors())))


def _sent_as_something_else(error: Mapping[str, Any]) -> bool:
    return error["loc"] == ("body",) and error["type"] != "missing"


def _http(error: HTTPException) -> Response:
    status = HTTPStatus(error.status_code)
    if status == HTTPStatus.BAD_REQUEST:
        return refused(Malformed())
    name = _NAMES.get(status, status.phrase.lower().replace(" ", "-"))
    return respond(plain_problem(status, name), error.headers)
