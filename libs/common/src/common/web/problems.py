"""Every way of saying no is a problem document (RFC 9457): the refusal's name, its sentence, this time's detail."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

from common.refusals import Invalid, Refusal, TooMany, Unavailable
from common.security.identity import Unauthenticated

MEDIA_TYPE = "application/problem+json"
STATUS: Mapping[str, int] = {
    "conflict": 409,
    "invalid": 422,
    "forbidden": 403,
    "not-found": 404,
    "stale": 412,
    "version-required": 428,
    "too-many": 429,
    "unavailable": 503,
    "unauthenticated": 401,
    "not-json": 415,
}
_RETRY_AFTER: Mapping[str, int] = {TooMany.kind: 1, Unavailable.kind: 2}
_OWN_MEMBERS = frozenset({"type", "title", "status", "detail", "instance"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

Problem = dict[str, Any]


class Overloaded(Unavailable):
    """Too many requests are being worked on; ask again shortly."""


class Stopping(Unavailable):
    """This process is being stopped and could not finish in time; ask again."""


class Malformed(Invalid):
    """The request cannot be read."""


class NotJson(Refusal):
    """What this is sent is JSON: its Content-Type is application/json."""

    kind = "not-json"


def type_of(refusal: type[Refusal]) -> str:
    """Return the URN that names *refusal* to programs."""
    return f"urn:acuerdo:refusal:{_HUMP.sub('-', refusal.__name__).lower()}"


def status_of(refusal: Refusal | type[Refusal]) -> int:
    """Return the HTTP status that *refusal* maps to."""
    return STATUS.get(refusal.kind, 409)


def problem_of(refusal: Refusal) -> Problem:
    """Return *refusal* as a problem document; its parameters become members of their own."""
    extra = {name: value for name, value in refusal.parameters.items() if name not in _OWN_MEMBERS}
    return {
        "type": type_of(type(refusal)),
        "title": refusal.sentence(),
        "status": status_of(refusal),
        "detail": refusal.detail,
        **extra,
    }


def plain_problem(status: int, name: str, detail: str | None = None, **extra: object) -> Problem:
    """Return a problem that no refusal stands behind: an unknown route, too large a body, a failure of ours."""
    title = HTTPStatus(status).phrase
    return {
        "type": f"urn:acuerdo:problem:{name}", "title": title, "status": status, "detail": detail or title, **extra,
    }  # fmt: skip


def headers_of(refusal: Refusal) -> dict[str, str]:
    """Return the headers that go with *refusal*: when to ask again, how to show who you are."""
    if refusal.kind == Unauthenticated.kind:
        return {"WWW-Authenticate": "Bearer"}
    after = refusal.parameters.get("retry_after", _RETRY_AFTER.get(refusal.kind))
    return {} if after is None else {"Retry-After": str(after)}


def respond(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return *problem* as an answer."""
    body = msgspec.json.encode(problem, enc_hook=str)
    return Response(body, status_code=problem["status"], headers=dict(headers or {}), media_type=MEDIA_TYPE)


def refused(refusal: Refusal) -> Response:
    """Return the answer that says *refusal*."""
    return respond(problem_of(refusal), headers_of(refusal))


def problems(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """Return what a route's ``responses`` say of the ways it can refuse: one entry per status, an example for each."""
    by_status: dict[int, list[type[Refusal]]] = {}
    for refusal in refusals:
        by_status.setdefault(status_of(refusal), []).append(refusal)
    return {status: _documented(ones) for status, ones in by_status.items()}


def _documented(refusals: Sequence[type[Refusal]]) -> dict[str, Any]:
    examples = {type_of(one).rsplit(":", 1)[1]: {"summary": one.sentence(), "value": _example(one)} for one in refusals}
    return {
        "description": " ".join(one.sentence() for one in refusals),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    }


def _example(refusal: type[Refusal]) -> Problem:
    sentence = refusal.sentence()
    return {"type": type_of(refusal), "title": sentence, "status": status_of(refusal), "detail": sentence}
