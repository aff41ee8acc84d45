"""A request to a route of ours that is sound is handed to its function at once; any other goes the framework's way.

The framework's way serves every kind of parameter, and costs a third of what a small request costs at all. Most routes
of ours have a body or none, ids in their path, and a policy that makes their desk. For these, what arrives is read by
the framework's own fields; whatever is not as usual - another content type, a body that does not hold, a query, no
token - is left to the framework, with the body as it came, so that it is answered as if this were not here.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, cast, get_type_hints

from fastapi import params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic.fields import FieldInfo
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.refusals import Refusal
from common.web.entrance import Policy, Public, read_already, strict
from common.web.headers import header

_JSON = "application/json"
_NEVER_HERE = (
    "header_params",
    "cookie_params",
    "websocket_param_name",
    "http_connection_param_name",
    "response_param_name",
    "background_tasks_param_name",
    "security_scopes_param_name",
)


class _Field(Protocol):
    """A parameter as the framework reads it."""

    @property
    def name(self) -> str: ...
    @property
    def alias(self) -> str: ...
    def validate(self, value: Any) -> tuple[Any, list[dict[str, Any]]]: ...


class _NotAsUsual(Exception):
    """The framework shall see to this request."""


class ShortWay:
    """The way to *route*'s function for a request that is as usual, and else the *usual* way, the framework's."""

    def __init__(self, route: APIRoute, usual: ASGIApp) -> None:
        asks = route.dependant
        self.usual = usual
        self._call = cast("Callable[..., Any]", asks.call)
        self._ids: Sequence[_Field] = tuple(asks.path_params)
        self._body: _Field | None = next(iter(asks.body_params), None)
        self._request = asks.request_param_name
        self._policies = [(one.name or "", cast("Callable[[Request], Any]", one.call)) for one in asks.dependencies]
        self._public = any(isinstance(one.call, Public) for one in asks.dependencies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive, send)
        if scope["query_string"] or not (self._public or "acuerdo.caller" in scope):
            await self.usual(scope, receive, send)
            return
        body = b"" if self._body is None else await request.body()
        try:
            given = self._given(scope, body)
        except _NotAsUsual:
            await self.usual(scope, receive if self._body is None else _Again(body, receive), send)
            return
        for name, policy in self._policies:
            given[name] = await policy(request)
        if self._request is not None:
            given[self._request] = request
        response: Response = await self._call(**given)
        await response(scope, receive, send)

    def _given(self, scope: Scope, body: bytes) -> dict[str, Any]:
        """Return the values of path and body. Raises ``_NotAsUsual``."""
        ids: Mapping[str, str] = scope["path_params"]
        given = {field.name: _valid(field, ids.get(field.alias)) for field in self._ids}
        if self._body is not None:
            given[self._body.name] = _valid(self._body, _said(scope, body))
        return given


def shortened(route: APIRoute) -> None:
    """Let sound requests to *route* go the short way, if its function asks for nothing that is not found on it."""
    if not isinstance(route.app, ShortWay) and _is_plain(route.dependant) and _answers_itself(route):
        route.app = ShortWay(route, route.app)


def _is_plain(asks: Dependant) -> bool:
    return (
        not any(getattr(asks, kind) for kind in _NEVER_HERE)
        and _one_json(asks.body_params)
        and _may_be_left_out(asks)
        and all(_is_policy(one) for one in asks.dependencies)
    )


def _one_json(fields: Sequence[Any]) -> bool:
    """Tell whether there is no body, or one that is JSON as a whole."""
    return not fields or (
        len(fields) == 1 and type(fields[0].field_info) is params.Body and not fields[0].field_info.embed
    )


def _may_be_left_out(asks: Dependant) -> bool:
    """Tell whether the function itself says what each parameter of the query is when the request has none."""
    own = inspect.signature(cast("Callable[..., Any]", asks.call)).parameters
    said = [own[field.name].default for field in asks.query_params]
    return not any(one is inspect.Parameter.empty or isinstance(one, FieldInfo) for one in said)


def _is_policy(one: Dependant) -> bool:
    """Tell whether a dependency is a policy of ours, called with the request alone."""
    return (
        isinstance(one.call, Policy | Public)
        and _is_plain_call(one)
        and list(inspect.signature(cast("Callable[..., Any]", one.call)).parameters) == [one.request_param_name]
    )


def _is_plain_call(one: Dependant) -> bool:
    return not one.dependencies and not any((one.path_params, one.query_params, one.body_params, one.header_params))


def _answers_itself(route: APIRoute) -> bool:
    """Tell whether the route's function makes its answer, so that nothing is left to be made of what it returns."""
    returns = get_type_hints(route.endpoint).get("return")
    return inspect.iscoroutinefunction(route.endpoint) and isinstance(returns, type) and issubclass(returns, Response)


def _said(scope: Scope, body: bytes) -> Any:
    if header(scope, b"content-type") != _JSON:
        raise _NotAsUsual
    try:
        said = strict(body)
    except Refusal as why:
        raise _NotAsUsual from why
    read_already(scope)
    return said


def _valid(field: _Field, said: Any) -> Any:
    valid, errors = field.validate(said)
    if errors or said is None:
        raise _NotAsUsual
    return valid


class _Again:
    """Gives the body that was read already once more, and then what comes after it."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        """Return the next message."""
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}
