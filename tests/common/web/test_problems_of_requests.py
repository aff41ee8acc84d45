"""Whatever a client sends, it is told what is wrong, never that we failed, and nothing of what it sent is repeated."""

import json
from collections.abc import Callable

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from common.refusals import Conflict, NotFound, TooMany, Unavailable
from common.web.app import create_app
from common.web.problems import MEDIA_TYPE, problem_of, problems, refused, type_of
from common.web.runtime import Runtime

AGREEMENT = "0190a7f2-0000-7000-8000-000000000001"
NOTE = "0190a7f2-0000-7000-8000-0000000000aa"
ANA = "ana/alpha/writer"
As = Callable[[str], httpx.AsyncClient]


class HTTPOfferExpired(Conflict):
    """The offer closed before it was accepted.

    More about it.
    """


def test_a_refusal_becomes_a_problem_with_its_parameters() -> None:
    assert problem_of(HTTPOfferExpired("closed on Friday", until="Friday", status="never", type="never")) == {
        "type": "urn:acuerdo:refusal:http-offer-expired",
        "title": "The offer closed before it was accepted.",
        "status": 409,
        "detail": "closed on Friday",
        "until": "Friday",
    }


def test_who_must_wait_is_told_how_long() -> None:
    assert refused(TooMany(retry_after=7)).headers["retry-after"] == "7"
    assert refused(Unavailable()).headers["retry-after"] == "2"
    assert "retry-after" not in refused(NotFound()).headers


def test_a_route_documents_its_refusals_by_status() -> None:
    told = problems(HTTPOfferExpired, NotFound, Conflict)
    assert set(told) == {409, 404}
    assert set(told[409]["content"][MEDIA_TYPE]["examples"]) == {"http-offer-expired", "conflict"}
    assert type_of(NotFound) == "urn:acuerdo:refusal:not-found"


def opening(text: bytes) -> bytes:
    return b'{"agreement_id":"%s","text":%s}' % (AGREEMENT.encode(), text)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b"7", b'"x"', b"\xff\xfe", b"\x00", b"[" * 100_000, b'{"a":' * 5_000,
        opening(b'"a\\u0000b"'), opening(b'"\\ud800"'), opening(b'"\xed\xa0\x80"'), opening(b"NaN"), opening(b"1e999"),
        opening(b"1" * 5_000), opening(b'""'), opening(b"{}"), b'{"agreement_id":"x","text":"secret"}',
        b'{"agreement_id":7,"text":"secret"}', b'{"agreement_id":' + b"9" * 400 + b',"text":"secret"}',
    ],
)  # fmt: skip
async def test_a_body_that_cannot_be_read_or_meant_is_a_422(ask: As, body: bytes) -> None:
    answer = await ask(ANA).post("/v1/notes", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "secret" not in answer.text


@pytest.mark.parametrize("kind", ["Application/JSON", "application/JSON; charset=utf-8", "application/x+Json"])
async def test_a_body_is_read_as_strictly_however_its_type_is_spelled(ask: As, kind: str) -> None:
    answer = await ask(ANA).post("/v1/notes", content=opening(b'"a\\u0000b"'), headers={"content-type": kind})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:acuerdo:refusal:malformed")


@pytest.mark.parametrize("kind", ["", "text/plain", "application/xml", "multipart/form-data", "nonsense", "é/ü"])
async def test_a_body_of_another_type_is_a_422(ask: As, kind: str) -> None:
    headers = {"content-type": kind.encode("latin-1")}
    answer = await ask(ANA).post("/v1/notes", content=opening(b'"x"'), headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 422


async def test_what_is_wrong_is_located_and_not_repeated(ask: As) -> None:
    answer = await ask(ANA).post("/v1/notes", json={"agreement_id": "Ana's phone", "text": ""})
    problem = answer.json()
    assert problem["type"] == "urn:acuerdo:refusal:malformed"
    assert [one["at"] for one in problem["errors"]] == [["body", "agreement_id"], ["body", "text"]]
    assert "phone" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/nothing", 404), ("/v1/notes/", 404), ("/v1/notes/x", 422), ("/v1/notes/%00", 422), ("/%00", 422),
        (f"/v1/notes/{NOTE}?x=%00", 422), ("/v1/notes/%ff%fe", 422), (f"/v1/notes/{NOTE}", 404),
        ("/v1/notes/batch", 422), ("/v1/notes", 405),
    ],
)  # fmt: skip
async def test_an_address_that_leads_nowhere_is_a_problem(ask: As, path: str, status: int) -> None:
    answer = await ask(ANA).get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE)
    assert answer.json()["status"] == status


@pytest.mark.parametrize(
    ("header", "told", "status"),
    [
        ("Idempotency-Key", "x" * 256, 422), ("Idempotency-Key", "a b", 422), ("Idempotency-Key", "é", 422),
        ("Idempotency-Key", "", 422), ("If-Match", "3", 412), ("If-Match", 'W/"0"', 412), ("If-Match", "*", 412),
        ("If-Match", '"' + "9" * 40 + '"', 412), ("If-Match", '"0"', 201), ("Acuerdo-After", "x", 422),
        ("Acuerdo-After", "notes=" + "9" * 40, 422), ("Acuerdo-After", "notes=-1", 422),
        ("Acuerdo-Correlation", "x", 201), ("traceparent", "x", 201), ("Prefer", "wait=x", 201),
    ],
)  # fmt: skip
async def test_a_header_that_cannot_be_meant_is_said_so(ask: As, header: str, told: str, status: int) -> None:
    headers = [(header.encode(), told.encode("latin-1")), (b"content-type", b"application/json")]
    answer = await ask(ANA).post("/v1/notes", content=opening(b'"x"'), headers=headers)
    assert answer.status_code == status, answer.text


async def test_a_body_over_the_limit_is_a_413(ask: As) -> None:
    async def parts():  # noqa: ANN202
        for _ in range(20):
            yield b"x" * 100_000

    headers = {"content-type": "application/json"}
    announced = await ask(ANA).post("/v1/notes", content=b"x" * 1_100_000, headers=headers)
    growing = await ask(ANA).post("/v1/notes", content=parts(), headers=headers)
    lying = await ask(ANA).post("/v1/notes", content=b"x", headers={**headers, "content-length": "-5"})
    assert [announced.status_code, growing.status_code, lying.status_code] == [413, 413, 413]
    assert growing.headers["content-type"] == MEDIA_TYPE


broken = APIRouter()


@broken.get("/fails")
async def fails() -> None:
    raise RuntimeError("with Ana's phone number")


class OfDriver(asyncpg.InterfaceError, ValueError):
    """As the driver says it when an integer does not fit."""


def wrapped(inner: Exception) -> DBAPIError:
    adapted = RuntimeError()
    adapted.__cause__ = inner
    return DBAPIError("INSERT", {}, adapted)


BEHIND = {
    "server": (wrapped(asyncpg.DataError("out of range")), 422),
    "driver": (wrapped(OfDriver("out of range")), 422),
    "surrogate": (UnicodeEncodeError("utf-8", "x", 0, 1, "surrogates not allowed"), 422),
    "refused": (ConnectionRefusedError(), 503),
    "shutdown": (wrapped(asyncpg.AdminShutdownError("bye")), 503),
    "closed": (asyncpg.InterfaceError("pool is closed"), 503),
    "crowded": (PoolTimeoutError(), 503),
    "ours": (wrapped(asyncpg.UndefinedTableError("no table")), 500),
}


@broken.get("/behind/{name}")
async def behind(name: str) -> None:
    raise BEHIND[name][0]


async def test_our_own_failure_is_a_500_that_tells_only_where_to_look(runtime: Runtime) -> None:
    app = create_app(service="broken", title="Broken", routers=[broken], runtime=runtime)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as client:
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        answer = await client.get("/fails", headers={"traceparent": trace})
    assert (answer.status_code, answer.headers["content-type"]) == (500, MEDIA_TYPE)
    assert answer.json()["trace"] == trace[3:35]
    assert "phone" not in answer.text


@pytest.mark.parametrize("name", BEHIND)
async def test_what_stands_behind_an_error_decides_who_is_told_what(runtime: Runtime, name: str) -> None:
    app = create_app(service="broken", title="Broken", routers=[broken], runtime=runtime)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as client:
        assert (await client.get(f"/behind/{name}")).status_code == BEHIND[name][1]


async def test_a_literal_backslash_before_u0000_is_no_nul(ask: As) -> None:
    text = "C:\\u0000"
    answer = await ask(ANA).post("/v1/notes", json={"agreement_id": AGREEMENT, "text": text})
    assert answer.status_code == 201
    note = answer.json()["note_id"]
    assert json.loads((await ask(ANA).get(f"/v1/notes/{note}")).text)["text"] == text


async def test_nobody_learns_what_was_wrong_with_what_they_may_not_send(ask: As, app: FastAPI) -> None:
    headers = {"content-type": "application/json"}
    for token, status in (("", 401), ("eva/alpha/solver", 403)):
        for body in (b"{", b"{}", b"[" * 100_000):
            answer = await ask(token).post("/v1/notes", content=body, headers=headers)
            assert answer.status_code == status
    assert (await ask("").post("/v1/notes", content=b"{", headers=headers)).headers["www-authenticate"] == "Bearer"
