"""Walks every route of a service: nobody, the wrong role and a stranger's company must all be turned away."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute

from common.values import value
from common.web.entrance import Policy, Public, policy_of

_UNKNOWN = UUID("0190a7f2-ffff-7fff-8fff-ffffffffffff")
_NO_ROLE = "nobody-has-this-role"
_STRANGER = "a-company-that-is-no-party"

Headers = Mapping[str, str]
As = Callable[[str, tuple[str, ...], bool], Headers]
"""Headers that speak for (company, roles, whether a service)."""


@value
class Operation:
    """One method of one route, and its policy."""

    method: str
    path: str
    name: str
    policy: Policy | Public | None
    route: APIRoute

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def filled(self, path: Mapping[str, object]) -> str:
        """Return the path with *path* for its parameters, and something unknown for those it does not name."""
        return re.sub(r"{(\w+)(?::\w+)?}", lambda found: str(path.get(found[1], _UNKNOWN)), self.path)


@value
class Asking:
    """How to reach something that exists, in a role that may: the route's first unless *role* says another."""

    path: Mapping[str, object]
    body: Any = None
    query: Mapping[str, str] | None = None
    role: str | None = None


def operations(app: FastAPI) -> Iterator[Operation]:
    """Give every operation of *app* that its OpenAPI document shows."""
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in sorted(route.methods or ()):
                name = route.operation_id or route.name
                yield Operation(method=method, path=route.path_format, name=name, policy=policy_of(route), route=route)


def guarded(app: FastAPI) -> list[Operation]:
    """Return the operations that ask who the caller is."""
    return [one for one in operations(app) if isinstance(one.policy, Policy)]


def without_policy(app: FastAPI) -> list[str]:
    """Return the operations that nobody thought of: neither ``allowed`` nor ``public``."""
    return [str(one) for one in operations(app) if one.policy is None]


def open_to_all(app: FastAPI) -> dict[str, str]:
    """Return the operations that anybody may call, and what protects them instead."""
    return {str(one): one.policy.why for one in operations(app) if isinstance(one.policy, Public)}


async def not_turned_away(client: httpx.AsyncClient, app: FastAPI, speaking: As) -> list[str]:
    """Return each operation that lets pass nobody (401), a wrong role or a service that may not (403)."""
    wrong: list[str] = []
    for one in guarded(app):
        assert isinstance(one.policy, Policy)
        who: list[tuple[str, Headers, int]] = [
            ("nobody", {}, 401),
            ("a false token", {"authorization": "Bearer false"}, 401),
            ("a wrong role", speaking(_STRANGER, (_NO_ROLE,), False), 403),
        ]
        if not one.policy.service_may:
            who.append(("a service", speaking(_STRANGER, ("integrator",), True), 403))
        for told, headers, status in who:
            answer = await _ask(client, one, Asking(path={}), headers)
            if answer.status_code != status:
                wrong.append(f"{one} answers {told} {answer.status_code}, not {status}")
    return wrong


async def shown_to_strangers(
    client: httpx.AsyncClient, app: FastAPI, speaking: As, asking: Callable[[Operation], Asking | None]
) -> list[str]:
    """Return each operation that shows a company that is not a party anything but 404, or an empty list.

    *asking* tells how to reach something that exists; None: the operation is about no agreement.
    """
    wrong: list[str] = []
    for one in guarded(app):
        reach = asking(one)
        if reach is None:
            continue
        assert isinstance(one.policy, Policy)
        role = reach.role or next(iter(one.policy.roles), _NO_ROLE)
        answer = await _ask(client, one, reach, speaking(_STRANGER, (role,), role == "integrator"))
        if not _hides(one, answer):
            wrong.append(f"{one} answers a stranger {answer.status_code}: {answer.text[:200]}")
    return wrong


def _hides(one: Operation, answer: httpx.Response) -> bool:
    if one.path.endswith("/batch"):
        return all('"status":404' in line for line in answer.text.splitlines())
    if one.method == "GET" and "{" not in one.path and answer.status_code == 200:
        return answer.json().get("items") == []
    return answer.status_code == 404


async def _ask(client: httpx.AsyncClient, one: Operation, reach: Asking, headers: Headers) -> httpx.Response:
    path, query = one.filled(reach.path), dict(reach.query or {})
    if isinstance(reach.body, bytes):
        return await client.request(one.method, path, content=reach.body, params=query, headers=headers)
    return await client.request(one.method, path, json=reach.body, params=query, headers={"If-Match": '"1"', **headers})
