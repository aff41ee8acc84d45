"""Sound requests go a short way to their route: they are answered as the framework's own way would answer them."""

import json
from collections.abc import Callable
from copy import copy

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from common.web.edge import Edge
from common.web.short_way import ShortWay

AGREEMENT = "0190a7f2-0000-7000-8000-000000000001"
NOTE = "0190a7f2-0000-7000-8000-00000000000a"
ANA = {"authorization": "Bearer ana/alpha/writer"}
JSON = {"content-type": "application/json"}
OPENED = json.dumps({"agreement_id": AGREEMENT, "text": "good morning", "note_id": NOTE}).encode()


def _opening(**more: object) -> bytes:
    return json.dumps({"agreement_id": AGREEMENT, "text": "hello", "note_id": NOTE, **more}).encode()


Asked = tuple[str, str, dict[str, str], bytes]
ASKED: list[Asked] = [
    ("POST", "/v1/notes", ANA | JSON, _opening()),
    ("POST", "/v1/notes", ANA | JSON | {"idempotency-key": "one"}, _opening()),
    ("POST", "/v1/notes", ANA | {"content-type": "application/json; charset=utf-8"}, _opening()),
    ("POST", "/v1/notes", ANA | {"content-type": "application/merge-patch+json"}, _opening()),
    ("POST", "/v1/notes", ANA | {"content-type": "text/plain"}, _opening()),
    ("POST", "/v1/notes", ANA, _opening()),
    ("POST", "/v1/notes", ANA | JSON, b""),
    ("POST", "/v1/notes", ANA | JSON, b"null"),
    ("POST", "/v1/notes", ANA | JSON, b"[1, 2]"),
    ("POST", "/v1/notes", ANA | JSON, b'{"text": '),
    ("POST", "/v1/notes", ANA | JSON, b'{"text": NaN}'),
    ("POST", "/v1/notes", ANA | JSON, b'{"text": 1e400}'),
    ("POST", "/v1/notes", ANA | JSON, b'{"text": 123456789012345678901234567890}'),
    ("POST", "/v1/notes", ANA | JSON, b'{"text": "\\ud800"}'),
    ("POST", "/v1/notes", ANA | JSON, b"\xff\xfe"),
    ("POST", "/v1/notes", ANA | JSON, b"[" * 20_000 + b"]" * 20_000),
    ("POST", "/v1/notes", ANA | JSON, _opening(text="\0")),
    ("POST", "/v1/notes", ANA | JSON, _opening(text="")),
    ("POST", "/v1/notes", ANA | JSON, _opening(text=7)),
    ("POST", "/v1/notes", ANA | JSON, _opening(note_id="no-id")),
    ("POST", "/v1/notes", ANA | JSON, _opening(agreement_id=None)),
    ("POST", "/v1/notes", ANA | JSON, _opening(nobody_reads="this")),
    ("POST", "/v1/notes", ANA | JSON, _opening(text="x" * 2_000_000)),
    ("POST", "/v1/notes?text=x", ANA | JSON, _opening()),
    ("POST", "/v1/notes?", ANA | JSON, _opening()),
    ("POST", "/v1/notes", JSON, _opening()),
    ("POST", "/v1/notes", JSON, b"{"),
    ("POST", "/v1/notes", JSON | {"authorization": "Bearer nobody"}, _opening()),
    ("POST", "/v1/notes", JSON | {"authorization": "Basic abc"}, _opening(text=7)),
    ("POST", "/v1/notes", JSON | {"authorization": "Bearer leo/alpha/lead"}, _opening()),
    ("POST", "/v1/notes", JSON | {"authorization": "Bearer leo/alpha/lead"}, _opening(text=7)),
    ("POST", "/v1/notes", JSON | {"authorization": "Bearer mia/gamma/writer"}, _opening()),
    ("POST", "/v1/notes", ANA | JSON | {"acuerdo-after": "notes=1", "prefer": "wait=2"}, _opening()),
    ("POST", "/v1/notes", ANA | JSON | {"acuerdo-after": "what?", "prefer": "wait=2"}, _opening()),
    ("POST", "/v1/notes/", ANA | JSON, _opening()),
    ("PUT", "/v1/notes", ANA | JSON, _opening()),
    ("PUT", f"/v1/notes/{NOTE}/text", ANA | JSON | {"if-match": '"1"'}, b'{"text": "again"}'),
    ("PUT", f"/v1/notes/{NOTE}/text", ANA | JSON | {"if-match": '"9"'}, b'{"text": "again"}'),
    ("PUT", f"/v1/notes/{NOTE}/text", ANA | JSON, b'{"text": "again"}'),
    ("PUT", "/v1/notes/no-id/text", ANA | JSON | {"if-match": '"1"'}, b'{"text": "again"}'),
    ("PUT", "/v1/notes/no-id/text", JSON, b'{"text": 5}'),
    ("PUT", "/v1/notes/%00/text", ANA | JSON, b'{"text": "again"}'),
    ("GET", f"/v1/notes/{NOTE}", ANA, b""),
    ("GET", f"/v1/notes/{NOTE.upper()}", ANA, b""),
    ("GET", f"/v1/notes/{NOTE}%0A", ANA, b""),
    ("GET", f"/v1/notes/{NOTE}%2Ftext", ANA, b""),
    ("HEAD", f"/v1/notes/{NOTE}", ANA, b""),
    ("GET", f"/v1/notes/{NOTE}?limit=3", ANA, b""),
    ("GET", f"/v1/notes/{NOTE}", {}, b""),
    ("GET", "/v1/notes/nobody/at-all", ANA, b""),
    ("GET", "/v1/nothing", ANA, b""),
    ("DELETE", "/", ANA, b""),
    ("GET", "//", ANA, b""),
    ("GET", "/v1", ANA, b""),
    ("OPTIONS", "*", ANA, b""),
]


def _usual(app: FastAPI) -> FastAPI:
    """Let all of *app*'s routes be found and asked as the framework does it."""
    router = APIRouter(redirect_slashes=False)
    router.routes.extend(_as_made(one) for one in app.router.routes)
    app.middleware_stack = Edge(AsyncExitStackMiddleware(router), app.state.runtime, app.state.crowd)
    return app


def _as_made(route: BaseRoute) -> BaseRoute:
    if not isinstance(route, APIRoute) or not isinstance(route.app, ShortWay):
        return route
    made = copy(route)
    made.app = route.app.usual
    return made


async def _answer(
    app: FastAPI, asked: tuple[str, str, dict[str, str], bytes]
) -> tuple[int, list[tuple[str, str]], bytes]:
    method, path, headers, body = asked
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://notes") as client:
        await client.post("/v1/notes", headers=ANA | JSON, content=OPENED)
        answer = await client.request(method, path, headers=headers, content=body)
    return answer.status_code, sorted(answer.headers.items()), answer.content


@pytest.mark.parametrize("asked", ASKED, ids=lambda one: f"{one[0]} {one[1]} {one[3][:40]!r}")
async def test_the_answer_is_that_of_the_framework(asked: Asked, another: Callable[[], FastAPI]) -> None:
    assert await _answer(another(), asked) == await _answer(_usual(another()), asked)
