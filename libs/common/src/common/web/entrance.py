"""The way in to a route: who is asking, may they, can what they sent be read, must it wait."""

import re
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import Scope

from common.refusals import Forbidden, Refusal
from common.security.identity import Caller, Unauthenticated
from common.web import waiting
from common.web.headers import header
from common.web.problems import Malformed
from common.web.queries import ensure_known

_JSON = msgspec.json.Decoder()
_HOW = "send the header Authorization: Bearer <token>, with a token of the agreement's issuer"
_READ = "acuerdo.readable"
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class ServiceMayNot(Forbidden):
    """This is for people to decide; a service may only propose."""


class NotYourRole(Forbidden):
    """None of the caller's roles may do this."""


class Policy:
    """Who may call a route. Tests read ``roles`` and ``service_may``."""

    def __init__(self, roles: tuple[str, ...], *, service_may: bool = False) -> None:
        self.roles = roles
        self.service_may = service_may

    async def admit(self, request: Request) -> tuple[Caller, str]:
        """Return who is asking and the role that lets them. Raises ``Unauthenticated`` or ``Forbidden``."""
        caller = await who(request)
        if caller.service and not self.service_may:
            raise ServiceMayNot
        role = next((role for role in self.roles if role in caller.roles), None)
        if role is None:
            raise NotYourRole(roles=sorted(self.roles))
        return caller, role

    async def enter(self, request: Request) -> tuple[Caller, str]:
        """Admit the caller, make sure that what they ask can be read, and wait for what they have seen elsewhere."""
        admitted = await self.admit(request)
        ensure_known(request)
        await readable(request)
        await waiting.wait(request)
        return admitted


class Public:
    """A route that asks nobody who they are; ``why`` says what protects it instead."""

    def __init__(self, role: str, why: str) -> None:
        self.role = role
        self.why = why
        self.caller = Caller(person=role, company="", roles=frozenset({role}))

    async def enter(self, request: Request) -> None:
        """Make sure that the body can be read."""
        await readable(request)


def policy_of(route: BaseRoute | Any) -> Policy | Public | None:
    """Return the policy of *route*, or None when nobody thought of one."""
    dependant = getattr(route, "dependant", None)
    if dependant is None:
        return None
    found = (one.call for one in dependant.dependencies)
    return next((call for call in found if isinstance(call, Policy | Public)), None)


async def who(request: Request) -> Caller:
    """Return whom the request's bearer token speaks for. Raises ``Unauthenticated``."""
    return await who_asks(request.scope)


async def who_asks(scope: Scope) -> Caller:
    """Return whom the bearer token of the request *scope* speaks for. Raises ``Unauthenticated``."""
    known = scope.get("acuerdo.caller")
    if known is not None:
        return known
    scheme, _, token = (header(scope, b"authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(_HOW)
    caller = scope["acuerdo.caller"] = await scope["app"].state.runtime.tokens.caller(token.strip())
    return caller


async def barred(request: Request) -> Refusal | None:
    """Return why the caller may not even be told what is wrong with the request."""
    policy = policy_of(request.scope.get("route"))
    if not isinstance(policy, Policy):
        return None
    try:
        await policy.admit(request)
    except Refusal as refusal:
        return refusal
    return None


def speaks_json(request: Request) -> bool:
    """Tell whether the request says that its body is JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


async def readable(request: Request) -> None:
    """Raise ``Malformed`` for a body that Python reads and others do not: NaN, lone surrogates, NUL characters.

    Only a body that the framework has read already is looked at; a streamed one is its route's to check.
    """
    body = getattr(request, "_body", b"")
    if body and _READ not in request.scope and "json" in request.headers.get("content-type", "").lower():
        strict(body)


def read_already(scope: Scope) -> None:
    """Note that a request's body was found to be readable."""
    scope[_READ] = True


def strict(text: bytes) -> Any:
    """Return what the JSON *text* says. Raises ``Malformed`` unless every reader would understand the same."""
    if b"\\u0000" in text and _NUL.search(text):
        raise Malformed("a string holds the NUL character")
    try:
        return _JSON.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Malformed("the JSON is malformed, nested too deeply or holds a number out of range") from error
