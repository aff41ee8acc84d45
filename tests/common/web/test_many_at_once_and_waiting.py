"""Many requests at once, the same request twice at once, and requests that wait for what was written."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request, Response

from common.eventstore.recorded import AlreadyAsked, Answered, Once
from common.refusals import NotFound
from common.security.identity import Caller
from common.web.app import create_app
from common.web.desk import Desk, allowed
from common.web.runtime import AlwaysThere, Runtime
from common.web.writing import scoped_key

AGREEMENT = "0190a7f2-0000-7000-8000-000000000001"
BODY = {"agreement_id": AGREEMENT, "text": "one"}
ANA = {"authorization": "Bearer ana/alpha/writer"}
As = Callable[[str], httpx.AsyncClient]


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://notes", headers=ANA)


@pytest.fixture
def routers(app: FastAPI) -> list[APIRouter]:
    router = APIRouter()
    router.routes.extend(one for one in app.routes if getattr(one, "path", "").startswith("/v1/"))
    return [router]


class Held:
    """Handles as the real one does, after it is let go."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self.begun = asyncio.Event()
        self.let_go = asyncio.Event()

    async def __call__(self, *asked: Any, **more: Any) -> Any:
        self.begun.set()
        await self.let_go.wait()
        return await self._handle(*asked, **more)


async def test_the_same_key_in_flight_is_a_409(runtime: Runtime, routers: list[APIRouter]) -> None:
    held = Held(runtime.handle)
    app = create_app(service="notes", title="Notes", routers=routers, runtime=replace(runtime, handle=held))  # type: ignore[arg-type]
    app.state.closed = False
    async with client_of(app) as client:
        headers = {"Idempotency-Key": "k"}
        first = asyncio.create_task(client.post("/v1/notes", json=BODY, headers=headers))
        await held.begun.wait()
        second = await client.post("/v1/notes", json=BODY, headers=headers)
        held.let_go.set()
        again = client.post("/v1/notes", json=BODY, headers=headers)
        assert (second.status_code, (await first).status_code, (await again).status_code) == (409, 201, 201)


class AskedElsewhere:
    """Another process took the key between our looking and our appending."""

    def __init__(self, runtime: Runtime) -> None:
        self._answers = runtime.store.answered
        self.kept: dict[str, Answered] = {}

    async def __call__(self, *_: Any, once: Once, **__: Any) -> Any:
        self.kept[once.key] = Answered(
            fingerprint=once.fingerprint, status=201, answer=b'{"note_id":"theirs"}', version=4, position=9
        )  # fmt: skip
        raise AlreadyAsked

    async def secret(self) -> bytes:
        return b"elsewhere"

    async def answered(self, keys: list[str]) -> dict[str, Answered]:
        return {key: self.kept[key] for key in keys if key in self.kept}


async def test_a_race_between_processes_gives_the_winners_answer(runtime: Runtime, routers: list[APIRouter]) -> None:
    elsewhere = AskedElsewhere(runtime)
    raced = replace(runtime, handle=elsewhere, store=elsewhere)  # type: ignore[arg-type]
    async with client_of(create_app(service="notes", title="Notes", routers=routers, runtime=raced)) as client:
        answer = await client.post("/v1/notes", json=BODY, headers={"Idempotency-Key": "k"})
    assert answer.json() == {"note_id": "theirs", "version": 4}
    assert (answer.headers["etag"], answer.headers["acuerdo-position"]) == ('"4"', "notes=9")


async def test_what_is_kept_of_a_request_cannot_be_found_out_by_guessing(
    runtime: Runtime, routers: list[APIRouter]
) -> None:
    ana = Caller(person="ana", company="alpha", roles=frozenset({"writer"}))
    kept: list[bytes] = []
    asked = json.dumps(BODY).encode()
    for secret in (b"", b"a secret that rests elsewhere"):
        keyed = replace(runtime, secret=secret)
        app = create_app(service="notes", title="Notes", routers=routers, runtime=keyed)
        app.state.closed = False
        async with client_of(app) as client:
            headers = {"Idempotency-Key": f"one-{len(secret)}", "content-type": "application/json"}
            assert (await client.post("/v1/notes", content=asked, headers=headers)).status_code == 201
            line = json.dumps({"operation": "openNote", "key": f"line-{len(secret)}", **BODY}).encode()
            assert b'"status":201' in (await client.post("/v1/notes/batch", content=line)).content
        keys = [scoped_key(ana, "openNote", f"{one}-{len(secret)}") for one in ("one", "line")]
        answers = await runtime.store.answered(keys)
        assert len(answers) == 2
        kept += [answer.fingerprint for answer in answers.values()]
        guesses = (asked, b"POST /v1/notes\n\n" + asked, line)
        assert {hashlib.sha256(guess).digest() for guess in guesses}.isdisjoint(kept)
    assert len(set(kept)) == 4
    assert kept[0] != kept[2], "the same request, kept under another secret"


async def test_a_key_is_of_one_person_operation_and_body(ask: As) -> None:
    headers = {"Idempotency-Key": "k"}
    first = await ask("ana/alpha/writer").post("/v1/notes", json=BODY, headers=headers)
    other_person = await ask("eva/alpha/writer").post("/v1/notes", json=BODY, headers=headers)
    other_body = await ask("ana/alpha/writer").post("/v1/notes", json={**BODY, "text": "two"}, headers=headers)
    path, change = f"/v1/notes/{first.json()['note_id']}/text", {**headers, "If-Match": '"1"'}
    other_operation = await ask("ana/alpha/writer").put(path, json={"text": "two"}, headers=change)
    changed_again = await ask("ana/alpha/writer").put(path, json={"text": "two"}, headers=change)
    assert first.json()["note_id"] != other_person.json()["note_id"]
    assert other_body.status_code == 422
    assert other_body.json()["type"] == "urn:acuerdo:refusal:key-used-otherwise"
    assert other_operation.status_code == 200
    assert (changed_again.status_code, changed_again.json()) == (200, other_operation.json())


async def test_a_refusal_is_not_kept_and_a_command_without_facts_is(ask: As) -> None:
    client = ask("ana/alpha/writer")
    note = (await client.post("/v1/notes", json=BODY)).json()["note_id"]
    nothing_new = {"Idempotency-Key": "n", "If-Match": '"1"'}
    path = f"/v1/notes/{note}/text"
    same = await client.put(path, json={"text": "one"}, headers=nothing_new)
    await client.put(path, json={"text": "two"}, headers={"If-Match": '"1"'})
    again = await client.put(path, json={"text": "one"}, headers=nothing_new)
    assert (same.status_code, again.status_code) == (200, 200)
    assert again.json() == same.json()
    assert again.headers["idempotency-replayed"] == "true"
    taken = {**BODY, "note_id": note}
    refused = await client.post("/v1/notes", json=taken, headers={"Idempotency-Key": "r"})
    refused_again = await client.post("/v1/notes", json=taken, headers={"Idempotency-Key": "r"})
    assert (refused.status_code, refused_again.status_code) == (409, 409)


class Progress:
    """Knows what it was asked, and has seen every service up to position 5; what came of that is its own 12."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int, float]] = []

    async def reached(self, service: str, position: int, timeout: float) -> int | None:  # noqa: ASYNC109 - the protocol's
        self.asked.append((service, position, float(round(timeout))))
        return 12 if position <= 5 else None

    def cuts(self) -> int:
        return 0

    def let_go(self) -> None:
        raise AssertionError("the process does not end")


@pytest.mark.parametrize(
    ("after", "prefer", "asked", "waited"),
    [
        ("notes=5", "wait=2", [("notes", 5, 2.0)], None),
        ("notes=6, loops=2", "respond-async, wait=99", [("notes", 6, 30.0), ("loops", 2, 30.0)], "timeout"),
        ("notes=6", "", [], None),
        ("notes=5", "Wait=2", [("notes", 5, 2.0)], None),
        ("notes=5", "wait=0000000000009", [("notes", 5, 9.0)], None),
        ("notes=5", "wait=99999999999999", [("notes", 5, 30.0)], None),
        ("notes=5", "wait=" + "0" * 60_000 + "x", [], None),
        (None, "wait=5", [], None),
    ],
)
async def test_a_request_waits_for_what_it_has_seen(
    runtime: Runtime, routers: list[APIRouter], after: str | None, prefer: str, asked: list[Any], waited: str | None
) -> None:
    progress = Progress()
    app = create_app(service="notes", title="Notes", routers=routers, runtime=replace(runtime, progress=progress))
    headers = {"Prefer": prefer} | ({} if after is None else {"Acuerdo-After": after})
    async with client_of(app) as client:
        answer = await client.post("/v1/notes", json=BODY, headers=headers)
    assert answer.status_code == 201
    assert progress.asked == asked
    assert answer.headers.get("acuerdo-waited") == waited
    applied = f"wait={int(asked[0][2])}" if asked and asked[0][2] else None
    assert answer.headers.get("preference-applied") == applied
    assert answer.headers["acuerdo-position"] == "notes=1", "a write says where it stands itself"


async def test_what_a_request_waits_for_may_be_said_in_several_lines(
    runtime: Runtime, routers: list[APIRouter]
) -> None:
    progress = Progress()
    app = create_app(service="notes", title="Notes", routers=routers, runtime=replace(runtime, progress=progress))
    lines = [("Acuerdo-After", "notes=4"), ("Acuerdo-After", "loops=3"), ("Prefer", "async"), ("Prefer", "wait=7")]
    async with client_of(app) as client:
        await client.get(f"/v1/notes/{UUID(int=1)}", headers=[*client.headers.multi_items(), *lines])
    assert progress.asked == [("notes", 4, 7.0), ("loops", 3, 7.0)]


class TakingBack(AlwaysThere):
    """The database is cut off as often as it is told: right after the request was told that all is visible."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.count = 0
        self.seconds: list[float] = []

    async def reached(self, service: str, position: int, timeout: float) -> int | None:  # noqa: ARG002, ASYNC109 - the protocol's
        self.seconds.append(timeout)
        await asyncio.sleep(0.001)
        return 7

    def cuts(self) -> int:
        return self.count

    def crash(self) -> None:
        if self.left:
            self.left -= 1
            self.count += 1


@pytest.mark.parametrize("refuses", [False, True])
@pytest.mark.parametrize(("times", "status"), [(0, 200), (2, 200), (9, 503)])
async def test_what_a_crash_may_have_taken_back_after_it_was_waited_for_is_read_again(
    runtime: Runtime, *, refuses: bool, times: int, status: int
) -> None:
    progress, router, read = TakingBack(times), APIRouter(), list[int]()

    @router.get("/rows")
    async def rows(_: Annotated[Desk, allowed("writer")]) -> Response:
        progress.crash()
        read.append(progress.left)
        if refuses and len(read) <= times:
            raise NotFound
        return Response(str(len(read)))

    app = create_app(service="x", title="X", routers=[router], runtime=replace(runtime, progress=progress))
    async with client_of(app) as client:
        answer = await client.get("/rows", headers={"Acuerdo-After": "x=1", "Prefer": "wait=1"})
    assert answer.status_code == status
    if status == 200:
        assert answer.text == str(times + 1)
        assert answer.headers.get_list("preference-applied") == ["wait=1"]
        assert progress.seconds == sorted(progress.seconds, reverse=True), "it waits no longer than it would"
    else:
        assert answer.headers["retry-after"]


async def test_a_read_that_waited_says_how_far_the_service_had_come_with_what_it_waited_for(
    runtime: Runtime, routers: list[APIRouter]
) -> None:
    app = create_app(
        service="notes", title="Notes", routers=routers, runtime=replace(runtime, progress=Progress())
    )  # fmt: skip
    async with client_of(app) as client:
        note = (await client.post("/v1/notes", json=BODY)).json()["note_id"]
        for after, told in (("loops=5", "notes=12"), ("loops=5, notes=6", "notes=12"), ("loops=6", None), ("", None)):
            headers = {"Acuerdo-After": after, "Prefer": "wait=1"}
            answer = await client.get(f"/v1/notes/{note}", headers=headers)
            assert (answer.status_code, answer.headers.get("acuerdo-position")) == (200, told)


async def test_who_may_not_does_not_wait(runtime: Runtime, routers: list[APIRouter]) -> None:
    progress = Progress()
    app = create_app(service="notes", title="Notes", routers=routers, runtime=replace(runtime, progress=progress))
    headers = {"authorization": "Bearer x", "Acuerdo-After": "notes=9", "Prefer": "wait=30"}
    async with client_of(app) as client:
        assert (await client.get("/v1/notes/nobody/at-all", headers=headers)).status_code == 401
    assert progress.asked == []


async def test_above_the_limit_requests_are_asked_to_come_again(runtime: Runtime) -> None:
    begun, let_go, router = asyncio.Event(), asyncio.Event(), APIRouter()

    @router.get("/slow")
    async def slow() -> dict[str, str]:
        begun.set()
        await let_go.wait()
        return {}

    app = create_app(service="x", title="X", routers=[router], runtime=replace(runtime, max_in_flight=1))
    async with client_of(app) as client:
        first = asyncio.create_task(client.get("/slow"))
        await begun.wait()
        turned_away, alive = await client.get("/slow"), await client.get("/livez")
        let_go.set()
        assert (turned_away.status_code, turned_away.headers["retry-after"], alive.status_code) == (503, "2", 200)
        assert (await first).status_code == 200
        assert (await client.get("/slow")).status_code == 200


class NeverThere:
    """Progress that lets nobody go before a test does."""

    def __init__(self) -> None:
        self.held = 0
        self.let_go = asyncio.Event()

    async def reached(self, service: str, position: int, timeout: float) -> int | None:  # noqa: ARG002, ASYNC109 - the protocol's
        if position == THERE:
            return 0
        self.held += 1
        try:
            async with asyncio.timeout(timeout):
                await self.let_go.wait()
        except TimeoutError:
            return None
        finally:
            self.held -= 1

    def cuts(self) -> int:
        return 0


THERE = 1


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)


WAITS = {"Acuerdo-After": "loops=9", "Prefer": "wait=30"}
EVE, BOB = {"authorization": "Bearer eve/gamma/writer"}, {"authorization": "Bearer bob/beta/writer"}


async def test_who_waits_takes_nobodys_place_and_a_company_waits_with_its_share_only(
    runtime: Runtime, routers: list[APIRouter]
) -> None:
    progress = NeverThere()
    tight = replace(runtime, progress=progress, max_in_flight=8)
    async with client_of(create_app(service="notes", title="Notes", routers=routers, runtime=tight)) as client:
        note = (await client.post("/v1/notes", json=BODY)).json()["note_id"]
        path = f"/v1/notes/{note}"
        waiting = [asyncio.create_task(client.get(path, headers=WAITS | EVE)) for _ in range(6)]
        await until(lambda: progress.held == 6)
        over = await client.get(path, headers=WAITS | EVE)
        assert (over.status_code, over.headers["retry-after"]) == (429, "1")
        assert over.json()["type"] == "urn:acuerdo:refusal:too-many-waiting"
        need_not = await client.get(path, headers=WAITS | EVE | {"Acuerdo-After": f"loops={THERE}"})
        assert need_not.status_code == 404, "who need not wait goes on"
        answers = [await client.get(path, headers=who) for who in (ANA, BOB, EVE) for _ in range(3)]
        assert {one.status_code for one in answers} == {200, 404}, "gamma is no party, and yet is answered"
        many = [{"authorization": f"Bearer x/company-{n}/writer"} for n in range(13) for _ in range(2)]
        others = [asyncio.create_task(client.get(path, headers=WAITS | who)) for who in many]
        await until(lambda: progress.held == 32)
        assert (await client.get(path, headers=WAITS | ANA)).status_code == 429, "nobody more may wait"
        assert (await client.get(path)).status_code == 200
        progress.let_go.set()
        assert {(await one).status_code for one in [*waiting, *others]} <= {200, 404, 429}
        assert (await client.get(path, headers=EVE)).status_code == 404, "all places are given back"


async def test_a_company_has_a_quarter_of_the_places_when_others_are_there_and_who_is_nobody_one_of_their_own(
    runtime: Runtime,
) -> None:
    let_go, router = asyncio.Event(), APIRouter()
    came: list[str] = []

    @router.get("/slow")
    async def slow(request: Request) -> dict[str, str]:
        came.append(request.headers.get("authorization", ""))
        await let_go.wait()
        return {}

    app = create_app(service="x", title="X", routers=[router], runtime=replace(runtime, max_in_flight=8))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://notes") as client:
        kept = [asyncio.create_task(client.get("/slow", headers=EVE)) for _ in range(6)]
        await until(lambda: len(came) == 6)
        alone = await client.get("/slow", headers=EVE)
        kept.append(asyncio.create_task(client.get("/slow", headers=BOB)))
        await until(lambda: len(came) == 7)
        for person in ("bob", "bea"):
            headers = {"authorization": f"Bearer {person}/beta/writer"}
            kept.append(asyncio.create_task(client.get("/slow", headers=headers)))
            await until(lambda: len(came) == 8 or kept[-1].done())
        full = await client.get("/slow")
        let_go.set()
        assert (alone.status_code, alone.json()["type"]) == (429, "urn:acuerdo:refusal:too-many-at-once")
        assert full.status_code == 503
        assert [(await one).status_code for one in kept] == [200] * 8 + [503]


async def test_who_says_not_who_they_are_or_lies_leaves_the_others_places(runtime: Runtime) -> None:
    let_go, router = asyncio.Event(), APIRouter()
    came: list[str] = []

    @router.get("/slow")
    async def slow(request: Request) -> dict[str, str]:
        came.append(request.headers.get("authorization", ""))
        await let_go.wait()
        return {}

    app = create_app(service="x", title="X", routers=[router], runtime=replace(runtime, max_in_flight=8))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://notes") as client:
        kept = [asyncio.create_task(client.get("/slow", headers=who)) for who in ({}, {"authorization": "Bearer x"})]
        await until(lambda: len(came) == 2)
        turned_away = await client.get("/slow")
        kept += [asyncio.create_task(client.get("/slow", headers=BOB)) for _ in range(6)]
        await until(lambda: len(came) == 8)
        let_go.set()
        assert turned_away.status_code == 429
        assert [(await one).status_code for one in kept] == [200] * 8


async def test_facts_carry_the_trace_and_correlation_of_their_request(ask: As, runtime: Runtime) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = {"traceparent": trace, "Acuerdo-Correlation": AGREEMENT}
    await ask("ana/alpha/writer").post("/v1/notes", json=BODY, headers=headers)
    fact = (await runtime.store.read_log(after=0, limit=1))[0]
    assert (fact.trace, str(fact.correlation)) == (trace, AGREEMENT)
