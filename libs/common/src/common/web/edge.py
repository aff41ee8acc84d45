"""What every request passes first and last: how many at once, how large, what it took, what it must not break."""

import asyncio
import time
from http import HTTPStatus
from typing import Any

import structlog
from fastapi.exceptions import RequestValidationError
from prometheus_client import Histogram
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.refusals import Refusal, TooMany, Unavailable
from common.telemetry import metrics
from common.telemetry.traces import SpanKind, Traced, trace_id, traced
from common.web.batch import MOST_BYTES
from common.web.client import client_of
from common.web.crowd import NOBODY, Crowd
from common.web.entrance import who_asks
from common.web.failures import refusal_behind
from common.web.headers import header
from common.web.problems import Malformed, Overloaded, Stopping, plain_problem, refused, respond
from common.web.refusing import instead_of
from common.web.runtime import Runtime
from common.web.waiting import forget, release, still_there

_AT_ONCE = 64 * 1024  # bytes that a connection takes although nobody reads them yet
WATCHED = frozenset({"/livez", "/readyz", "/startupz", "/metrics"})
_NO_SNIFFING = (b"x-content-type-options", b"nosniff")
_TRIES = 3
_HUNG_UP = 499  # as proxies count requests whose client went away before they were there
_log = structlog.get_logger(__name__)


class Edge:
    """The outermost part of a service's application."""

    def __init__(self, app: ASGIApp, runtime: Runtime, crowd: Crowd) -> None:
        self._app = app
        self._runtime = runtime
        self._crowd = crowd
        self._in_flight = metrics.HTTP_IN_FLIGHT.labels(runtime.service)
        self._seconds: dict[tuple[str, str, int], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] in WATCHED:
            await self._watched(scope, receive, Answer(scope, send))
            return
        self._crowd.come()
        self._in_flight.set(self._crowd.in_flight)
        try:
            with traced(scope["method"], SpanKind.SERVER, header(scope, b"traceparent")) as work:
                scope.setdefault("state", {})["trace"] = work.traceparent
                await self._measured(scope, receive, send, work)
        finally:
            self._crowd.gone()
            self._in_flight.set(self._crowd.in_flight)

    async def _watched(self, scope: Scope, receive: Receive, answer: "Answer") -> None:
        """Serve whoever looks how the process stands: they are not counted, and find a place whatever goes on."""
        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            if answer.begun:
                raise
            await self._instead(error, scope, receive, answer)

    async def _measured(self, scope: Scope, receive: Receive, send: Send, work: Traced) -> None:
        began, answer = time.perf_counter(), Answer(scope, send)
        try:
            await self._answered(scope, receive, answer)
        finally:
            took, route = time.perf_counter() - began, _template(scope)
            self._histogram(scope["method"], route, answer.status).observe(took)
            if work.is_told:
                work.name(f"{scope['method']} {route}")
                work.tell(
                    http__request__method=scope["method"], http__route=route, http__response__status_code=answer.status
                )

    async def _answered(self, scope: Scope, receive: Receive, answer: "Answer") -> None:
        try:
            self._crowd.admit()
            _ensure_readable(scope)
            await self._served(scope, receive, answer)
        except ClientDisconnect:
            answer.status = _HUNG_UP  # nobody is there to be answered, and nothing failed
        except asyncio.CancelledError:
            if answer.begun:
                raise
            await refused(Stopping())(scope, receive, answer)  # the server ends, and waits for nobody any longer
        except Exception as error:
            if answer.begun:
                raise
            await self._instead(error, scope, receive, answer)

    async def _served(self, scope: Scope, receive: Receive, answer: "Answer") -> None:
        is_batch = scope["path"].endswith("/batch")
        company = await _company(scope)
        self._crowd.serve(company)
        try:
            body = Body(scope, receive, MOST_BYTES if is_batch else self._runtime.max_body)
            if not is_batch:  # which hears its lines itself, when it is known who asks
                await body.hear()
            await self._read_again_if_taken_back(scope, body, answer)
        finally:
            self._crowd.served(company)

    async def _read_again_if_taken_back(self, scope: Scope, body: "Body", answer: "Answer") -> None:
        """Serve the request, anew where a crash may have taken back what it waited for before it was read."""
        for _ in range(_TRIES):
            try:
                return await self._app(scope, body, answer)
            except TakenBack:
                pass
            except Exception:
                if answer.begun or still_there(scope):
                    raise
            finally:
                release(scope)
            forget(scope)
        raise Unavailable("the database came and went")

    async def _instead(self, error: Exception, scope: Scope, receive: Receive, answer: "Answer") -> None:
        """Answer a request that *error* ended."""
        if isinstance(error, Refusal):
            if isinstance(error, Overloaded | TooMany):
                metrics.HTTP_TURNED_AWAY.labels(self._runtime.service).inc()
            await refused(error)(scope, receive, answer)
        elif isinstance(error, HTTPException | RequestValidationError):
            await (await instead_of(Request(scope), error))(scope, receive, answer)
        else:
            await self._failed(error, scope, receive, answer)

    async def _failed(self, error: Exception, scope: Scope, receive: Receive, answer: "Answer") -> None:
        refusal = refusal_behind(error)
        if refusal is not None:
            _log.warning("a request could not be served", route=_template(scope), why=type(error).__name__)
            await refused(refusal)(scope, receive, answer)
            return
        _log.error("a request failed", route=_template(scope), exc_info=error)
        problem = plain_problem(500, "internal", "This failed and has been logged.", trace=trace_id())
        await respond(problem)(scope, receive, answer)

    def _histogram(self, method: str, route: str, status: int) -> Histogram:
        known = self._seconds.get((method, route, status))
        if known is None:
            known = metrics.HTTP_SECONDS.labels(self._runtime.service, method, route, str(status))
            self._seconds[method, route, status] = known
        return known


class TakenBack(Exception):
    """What a request waited to see may have gone before it was read."""


class Answer:
    """Sends the answer on, with the headers that the request has gathered, and remembers its status.

    A long answer keeps its request's place until it is read: who reads slowly takes their own places, not memory.
    """

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self.status = 500
        self.begun = False

    async def __call__(self, message: Message) -> None:
        """Send *message* on."""
        if message["type"] == "http.response.start":
            if not still_there(self._scope):
                raise TakenBack
            self.begun = True
            self.status = message["status"]
            if _NO_SNIFFING not in message["headers"]:
                message["headers"].append(_NO_SNIFFING)
            if "acuerdo.headers" in self._scope:
                MutableHeaders(scope=message).update(dict(self._scope["acuerdo.headers"]))
        try:
            if len(message.get("body", b"")) > _AT_ONCE and not message.get("more_body", False):
                await self._send({**message, "more_body": True})
                message = {"type": message["type"], "body": b""}  # waits until what was sent before it has been read
            await self._send(message)
        except RuntimeError as error:
            client = client_of(self._scope)
            if client is None or not client.going():
                raise
            await client.gone.wait()
            raise ClientDisconnect from error


class Body:
    """Receives the request's body as long as it stays under the limit."""

    def __init__(self, scope: Scope, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit
        self._heard: Message | None = None
        announced = header(scope, b"content-length") or "0"
        if not announced.isdigit() or int(announced) > limit:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    async def hear(self) -> None:
        """Keep all of it: nothing is done for a request that turns out to be none. Raises ``ClientDisconnect``, 413."""
        heard = await self()
        parts = [heard.get("body", b"")]
        while heard.get("more_body", False):
            heard = await self()
            parts.append(heard.get("body", b""))
        if heard["type"] == "http.disconnect":
            raise ClientDisconnect
        self._heard = heard if len(parts) == 1 else {**heard, "body": b"".join(parts)}

    async def __call__(self) -> Message:
        """Return the next part, or all that was heard. Raises 413 when the body grows over the limit."""
        if self._heard is not None:
            heard, self._heard = self._heard, None
            return heard
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return message


async def _company(scope: Scope) -> str:
    """Return whose request it is, before its body is read: who sends slowly takes their own places."""
    if header(scope, b"authorization") is None:
        return NOBODY
    try:
        return (await who_asks(scope)).company
    except Refusal:  # its route says why
        return NOBODY


def _ensure_readable(scope: Scope) -> None:
    if "\0" in scope["path"] or b"%00" in scope["query_string"]:
        raise Malformed("the address holds the NUL character")


def _template(scope: Scope) -> str:
    route: Any = scope.get("route")
    return getattr(route, "path_format", None) or getattr(route, "path", None) or "unmatched"
