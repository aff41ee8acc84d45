"""A command of a request: done once however often it is asked, and never upon a version the caller has not seen."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from common.eventstore.recorded import AlreadyAsked, Context, Once
from common.history import Kind
from common.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal, StaleVersion, Unavailable
from common.security.identity import Caller
from common.values import value
from common.web.problems import Malformed
from common.web.runtime import Runtime

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
Answer = Mapping[str, object] | Callable[[Any], Mapping[str, object]]
"""What to answer: the members, or what makes them from the state that the command leaves."""
_TAG = re.compile(r'"(\d{1,18})"')


class KeyUsedOtherwise(Invalid):
    """This idempotency key has been used for another request."""


class StillBeingDone(Conflict):
    """A request with this idempotency key is being worked on; ask again for its answer."""


class UnreadableTag(StaleVersion):
    """An If-Match is written as an answer's ETag is, with its quotes."""


@value
class Asked:
    """An idempotency key as it is kept, and what tells this request from another under the same key."""

    key: str
    fingerprint: bytes


class Writing:
    """One write of one request."""

    def __init__(self, request: Request, runtime: Runtime, caller: Caller) -> None:
        self._request = request
        self._runtime = runtime
        self._caller = caller

    async def __call__(
        self,
        kind: Kind[Any, Any, Any],
        key: object,
        command: object,
        *,
        context: Context,
        answer: Answer,
        status: int,
    ) -> Response:
        """Handle *command*; the first answer to its idempotency key is kept with its facts and given again."""
        tells = _telling(answer)
        asked = await self._asked()
        if asked is None:
            return await self._do(kind, key, command, context, None, tells, status)
        once = Once(key=asked.key, fingerprint=asked.fingerprint, status=status, answer=b"", tells=tells)
        in_flight: set[str] = self._request.app.state.in_flight
        if once.key in in_flight:
            raise StillBeingDone(retry_after=1)
        in_flight.add(once.key)
        try:
            return await self._do(kind, key, command, context, once, tells, status)
        except (Refusal, AlreadyAsked) as instead:
            return await self._first(asked, instead)
        finally:
            in_flight.discard(once.key)

    async def again(self, refusal: Refusal) -> Response:
        """Answer as the first time if this was asked before, though *refusal* stands in its way now; raise it else.

        Who may not see a thing is not shown an earlier answer about it.
        """
        asked = await self._asked()
        if asked is None or isinstance(refusal, NotFound | Forbidden):
            raise refusal
        return await self._first(asked, refusal)

    async def _first(self, asked: Asked, instead: Exception) -> Response:
        """Give the first answer, or raise *instead* when there was none or it cannot be looked for."""
        if isinstance(instead, Unavailable):
            raise instead
        first = (await self._runtime.store.answered([asked.key])).get(asked.key)
        if first is None:
            raise instead
        if first.fingerprint != asked.fingerprint:
            raise KeyUsedOtherwise from instead
        return self._respond(first.answer, first.status, first.version, first.position, again=True)

    async def _do(
        self,
        kind: Kind[Any, Any, Any],
        key: object,
        command: object,
        context: Context,
        once: Once | None,
        tells: Callable[[Any], bytes],
        status: int,
    ) -> Response:
        expected = await self._expected(kind, key)
        handled = await self._runtime.handle(kind, key, command, context=context, expected=expected, once=once)
        return self._respond(tells(handled.state), status, handled.version, handled.position)

    async def _expected(self, kind: Kind[Any, Any, Any], key: object) -> int | None:
        tag = self._request.headers.get("if-match")
        if tag is None:
            return None
        if tag.strip() == "*":
            standing = await self._runtime.handle.look(kind, key)
            if standing.version == 0:
                raise StaleVersion("nothing of this exists yet")
            return None
        return version_in(tag)

    async def _asked(self) -> Asked | None:
        key = self._request.headers.get("idempotency-key")
        if key is None:
            return None
        if not _KEY.fullmatch(key):
            raise Malformed("an Idempotency-Key has 1 to 255 visible ASCII characters")
        operation = operation_of(self._request)
        return Asked(key=scoped_key(self._caller, operation, key), fingerprint=await self._fingerprint())

    async def _fingerprint(self) -> bytes:
        request = self._request
        head = f"{request.method} {request.scope['path']}\n".encode("utf-8", "surrogatepass")
        key = await fingerprint_key(self._runtime)
        return fingerprint(key, head + request.scope["query_string"] + b"\n" + await request.body())

    def _respond(self, said: bytes, status: int, version: int, position: int, *, again: bool = False) -> Response:
        headers = {"ETag": f'"{version}"'}
        if position:
            headers["Acuerdo-Position"] = f"{self._runtime.service}={position}"
        if again:
            headers["Idempotency-Replayed"] = "true"
        if status == 204:
            return Response(status_code=204, headers=headers)
        return Response(with_version(said, version), status_code=status, headers=headers, media_type="application/json")


def _telling(answer: Answer) -> Callable[[Any], bytes]:
    if callable(answer):
        return lambda state: msgspec.json.encode(answer(state), enc_hook=str)
    said = msgspec.json.encode(answer, enc_hook=str)
    return lambda _state: said


def scoped_key(caller: Caller, operation: str, asked: str) -> str:
    """Return the key under which an answer is kept: the same words of another person or operation are another key."""
    scope = f"{caller.company}\n{caller.person}\n{operation}\n{asked}"
    return hashlib.sha256(scope.encode()).hexdigest()


async def fingerprint_key(runtime: Runtime) -> bytes:
    """Return what fingerprints are keyed with: the service's secrets, that in its database and that outside."""
    return _fingerprint_key(runtime.secret, await runtime.store.secret())


@lru_cache(16)
def _fingerprint_key(outside: bytes, inside: bytes) -> bytes:
    return hmac.digest(outside, b"acuerdo fingerprints of requests 1\n" + inside, "sha256")


def fingerprint(key: bytes, asked: bytes) -> bytes:
    """Return what tells *asked* from another request under the same idempotency key.

    It is kept for long and is keyed, so that whoever reads it cannot find out by guessing what was asked.
    """
    return hmac.digest(key, asked, "sha256")


def operation_of(request: Request) -> str:
    """Return the operation id of the route that answers *request*."""
    route = request.scope["route"]
    return getattr(route, "operation_id", None) or route.name


def with_version(said: bytes, version: int) -> bytes:
    """Return the JSON object *said* with the thing's version as its last member."""
    separator = b"" if said == b"{}" else b","
    return said[:-1] + separator + b'"version":%d}' % version


def version_in(tag: str) -> int:
    """Return the version that an ``If-Match`` tag names. Raises ``UnreadableTag`` for one that was never given out."""
    found = _TAG.fullmatch(tag.strip())
    if found is None:
        raise UnreadableTag('send it as If-Match: "3", where "3" is the ETag of what was read')
    return int(found[1])
