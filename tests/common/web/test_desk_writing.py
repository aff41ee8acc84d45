"""Writing over HTTP: once however often it is asked, never upon a version not seen."""

from collections.abc import Callable

import httpx
from fastapi import FastAPI

AGREEMENT = "0190a7f2-0000-7000-8000-000000000001"
As = Callable[[str], httpx.AsyncClient]
ANA = "ana/alpha/writer"


async def opened(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    return await client.post("/v1/notes", json={"agreement_id": AGREEMENT, "text": "one"}, headers=headers)


async def test_a_write_answers_version_and_position(ask: As) -> None:
    answer = await opened(ask(ANA))
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["acuerdo-position"] == "notes=1"
    assert answer.json()["version"] == 1


async def test_the_same_key_and_body_gives_the_first_answer_again(ask: As) -> None:
    headers = {"Idempotency-Key": "k1"}
    first, again = await opened(ask(ANA), **headers), await opened(ask(ANA), **headers)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["acuerdo-position"] == first.headers["acuerdo-position"]


async def test_a_change_must_name_the_version_it_is_based_on(ask: As) -> None:
    note = (await opened(ask(ANA))).json()["note_id"]
    path = f"/v1/notes/{note}/text"
    missing = await ask(ANA).put(path, json={"text": "two"})
    changed = await ask(ANA).put(path, json={"text": "two"}, headers={"If-Match": '"1"'})
    stale = await ask(ANA).put(path, json={"text": "three"}, headers={"If-Match": '"1"'})
    assert (missing.status_code, changed.status_code, stale.status_code) == (428, 200, 412)
    assert stale.json()["type"] == "urn:acuerdo:refusal:stale-version"


async def test_who_may_not_is_told_nothing_else(ask: As) -> None:
    nobody, other, stranger = ask(""), ask("eva/alpha/solver"), ask("eva/gamma/writer")
    assert [(await opened(client)).status_code for client in (nobody, other, stranger)] == [401, 403, 404]
    assert (await nobody.post("/v1/notes", json={"x": 1})).status_code == 401
    assert (await other.post("/v1/notes", json={"x": 1})).status_code == 403


async def test_what_was_done_once_is_answered_alike_though_it_would_be_refused_now(ask: As, app: FastAPI) -> None:
    body, headers = {"agreement_id": AGREEMENT, "text": "later"}, {"Idempotency-Key": "k"}
    first = await ask(ANA).post("/v1/notes", json=body, headers=headers)
    app.state.closed = True
    again = await ask(ANA).post("/v1/notes", json=body, headers=headers)
    other = await ask(ANA).post("/v1/notes", json={**body, "note_id": AGREEMENT}, headers=headers)
    afresh = await ask(ANA).post("/v1/notes", json=body, headers={"Idempotency-Key": "l"})
    assert (first.status_code, again.status_code, other.status_code, afresh.status_code) == (201, 201, 422, 409)
    assert again.content == first.content
