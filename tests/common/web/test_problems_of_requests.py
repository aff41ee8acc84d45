"""Whatever a client sends, it is told what is wrong, never that we failed, and nothing of what it sent is repeated."""

import json
from collections.abc import Callable
from typing import Annotated

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.responses import Response

from common.history import UnknownFact
from common.refusals import Conflict, NotFound, TooMany, Unavailable
from common.web.app import create_app
from common.web.desk import Desk, allowed, public
from common.web.located import located
from common.web.paging import Page
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
async def test_a_body_of_another_type_is_a_415_that_names_the_right_one(ask: As, kind: str) -> None:
    headers = {"content-type": kind.encode("latin-1")}
    answer = await ask(ANA).post("/v1/notes", content=opening(b'"x"'), headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:acuerdo:refusal:not-json")
    assert "application/json" in answer.json()["detail"]


async def test_who_does_not_show_who_they_are_is_told_how(ask: As) -> None:
    for headers in ({}, {"authorization": "ana/alpha/writer"}, {"authorization": "Basic YTpi"}):
        answer = await ask("").get(f"/v1/notes/{NOTE}", headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert "Authorization: Bearer <token>" in answer.json()["detail"]


async def test_a_query_parameter_that_is_not_known_is_refused_and_the_known_ones_are_named(runtime: Runtime) -> None:
    lists = APIRouter()

    @lists.get("/things", response_model=Page[str])
    async def things(desk: Annotated[Desk, allowed("writer")], colour: str | None = None) -> Response:
        return Response(f"{desk.by.person} {colour}")

    @lists.post("/things")
    async def thing(desk: Annotated[Desk, allowed("writer")]) -> Response:
        return Response(desk.by.person)

    @lists.get("/page")
    async def page(desk: Annotated[Desk, public("anybody", why="for the test")]) -> Response:
        return Response(desk.by.role)

    app = create_app(service="x", title="X", routers=[lists], runtime=runtime)
    headers = {"authorization": f"Bearer {ANA}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://x", headers=headers
    ) as client:
        refused = await client.get("/things?color=red&limit=3&sise=1")
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:acuerdo:refusal:unknown-parameter")
        assert (refused.json()["unknown"], refused.json()["known"]) == (
            ["color", "sise"],
            ["colour", "cursor", "limit"],
        )
        assert (await client.get("/things?colour=red&limit=3&cursor=x")).status_code == 200
        assert (await client.post("/things?colour=red")).status_code == 422
        assert (await client.get("/things?color=red", headers={"authorization": ""})).status_code == 401
        assert (await client.get("/page?whatever=a-mail-program-adds")).status_code == 200


def test_what_is_wrong_within_a_list_does_not_make_the_list_too_short() -> None:
    class Promise(BaseModel):
        within: Annotated[tuple[Annotated[int, Field(gt=3)], ...], Field(min_length=1)]

    def wrong(within: list[object]) -> list[object]:
        with pytest.raises(ValidationError) as caught:
            Promise.model_validate({"within": within})
        return [one["at"] for one in located(caught.value.errors())]

    assert wrong([1]) == [["within", "0"]]
    assert wrong([]) == [["within"]]


def test_a_plus_that_an_address_lost_is_told_of() -> None:
    lost = {"type": "datetime", "loc": ("query", "as_of"), "msg": "unreadable", "input": "2026-03-01T09:00:00 01:00"}
    assert located([lost])[0]["message"] == "unreadable; a + in an address is written %2B"
    assert located([lost | {"loc": ("body", "as_of")}])[0]["message"] == "unreadable"


async def test_a_version_that_is_missing_or_written_otherwise_is_asked_for(ask: As) -> None:
    note = (await ask(ANA).post("/v1/notes", json={"agreement_id": AGREEMENT, "text": "one"})).json()["note_id"]
    missing = await ask(ANA).put(f"/v1/notes/{note}/text", json={"text": "two"})
    unquoted = await ask(ANA).put(f"/v1/notes/{note}/text", json={"text": "two"}, headers={"If-Match": "1"})
    assert (missing.status_code, unquoted.status_code) == (428, 412)
    assert "If-Match" in missing.json()["detail"]
    assert unquoted.json()["type"] == "urn:acuerdo:refusal:unreadable-tag"
    assert 'If-Match: "3"' in unquoted.json()["detail"]


class UnnotedPause(Conflict):
    """A pause for ``other`` needs a note."""


def test_a_title_is_plain_text() -> None:
    assert problem_of(UnnotedPause())["title"] == 'A pause for "other" needs a note.'


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
    "newer": (UnknownFact("notes does not know note-opened version 2"), 503),
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


@pytest.mark.parametrize("path", ["/v1/notes/0190a7f2-0000-7000-8000-0000000000aa", "/v1/notes?limit=0", "/nowhere"])
async def test_no_browser_guesses_what_an_answer_is(ask: Callable[[str], httpx.AsyncClient], path: str) -> None:
    answer = await ask("ana/alpha/writer").get(path)
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
