"""Many operations in one request: an outcome each, in order, and no line spoils another."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from common.eventstore.memory import MemoryStore
from common.eventstore.recorded import Answered, Append, Context, NewFact
from common.values import Rule, replace
from common.web.runtime import Runtime

AGREEMENT = "0190a7f2-0000-7000-8000-000000000001"
As = Callable[[str], httpx.AsyncClient]
ANA = "ana/alpha/writer"
OPERATOR = "olga/alpha/operator"


class Away(MemoryStore):
    """A store whose database cannot be reached."""

    async def answered(self, keys: Sequence[str]) -> Mapping[str, Answered]:  # noqa: ARG002 - the store's
        raise ConnectionRefusedError


def note(number: int) -> str:
    return str(UUID(int=number))


def opening(number: int, **more: Any) -> dict[str, Any]:
    return {"operation": "openNote", "note_id": note(number), "agreement_id": AGREEMENT, "text": "one", **more}


def rewriting(number: int, text: str, **more: Any) -> dict[str, Any]:
    return {"operation": "rewriteNote", "note_id": note(number), "text": text, **more}


def ndjson(*lines: dict[str, Any] | bytes) -> bytes:
    return b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines) + b"\n"


async def told(client: httpx.AsyncClient, *lines: dict[str, Any] | bytes) -> list[dict[str, Any]]:
    headers = {"content-type": "application/x-ndjson"}
    answer = await client.post("/v1/notes/batch", content=ndjson(*lines), headers=headers)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_lines_of_one_thing_happen_in_order_in_one_append(ask: As) -> None:
    outcomes = await told(ask(ANA), opening(1), rewriting(1, "two"), opening(2), rewriting(1, "three"))
    assert [one["status"] for one in outcomes] == [201, 200, 201, 200]
    assert [one["line"] for one in outcomes] == [1, 2, 3, 4]
    assert [one["answer"]["version"] for one in outcomes] == [1, 2, 1, 3]
    assert (await ask(ANA).get(f"/v1/notes/{note(1)}")).json()["text"] == "three"


async def test_a_bad_line_spoils_no_other(ask: As) -> None:
    lines = (
        opening(1), b"{not json", {"operation": "close"}, {"x": 1}, opening(1), opening(2, text=""), b"[]",
        rewriting(3, "x"), b'{"operation":"openNote","text":"\\u0000"}', opening(4, agreement_id=note(9)),
        b"[" * 3000, b'"\\ud800"', opening(5, text="\ud800"), {"operation": "rewriteNote", "note_id": 7, "text": "x"},
        rewriting(1, "two"),
    )  # fmt: skip
    outcomes = await told(ask(ANA), *lines)
    assert [one["status"] for one in outcomes] == [
        201, 422, 422, 422, 409, 422, 422, 404, 422, 404, 422, 422, 422, 422, 200,
    ]  # fmt: skip
    assert outcomes[4]["problem"]["type"] == "urn:acuerdo:refusal:already-open"
    assert outcomes[5]["problem"]["errors"] == [
        {"at": ["text"], "message": "String should have at least 1 character"}
    ]  # fmt: skip


async def test_lines_can_be_told_again_later_when_the_database_is_away(app: FastAPI, runtime: Runtime, ask: As) -> None:
    app.state.runtime = replace(runtime, store=Away(clock=runtime.clock))
    outcomes = await told(ask(ANA), opening(1, key="one"), opening(2))
    assert [(one["status"], one["problem"]["type"]) for one in outcomes] == [
        (503, "urn:acuerdo:refusal:unavailable")
    ] * 2


async def test_a_line_upon_what_a_newer_program_stated_can_be_told_again_later(ask: As, runtime: Runtime) -> None:
    await told(ask(ANA), opening(1))
    stream = f"note-{note(1)}"
    stands = await runtime.store.read(stream)
    newer = NewFact(
        event_id=UUID(int=9), name="note-rewritten", schema=2, data=b"{}", at=stands[-1].at, recorded_at=stands[-1].at,
        agreement_id=None, published=True, context=Context(actor=Rule(rule="newer"), correlation=UUID(int=1)),
    )  # fmt: skip
    await runtime.store.append(Append(stream=stream, expected=1, previous=stands[-1].hash, facts=(newer,)))
    upon, other = await told(ask(ANA), rewriting(1, "two"), opening(2))
    assert (upon["status"], upon["problem"]["type"]) == (503, "urn:acuerdo:refusal:unavailable")
    assert other["status"] == 201


async def test_a_batch_sent_twice_changes_nothing(ask: As, runtime: Runtime) -> None:
    lines = [opening(1, key="a"), rewriting(1, "two", key="b"), opening(2, key="c")]
    first = await told(ask(ANA), *lines)
    head = await runtime.store.head()
    again = await told(ask(ANA), *lines, rewriting(2, "new", key="d"))
    assert [one["answer"] for one in again[:3]] == [one["answer"] for one in first]
    assert [one["position"] for one in again[:3]] == [one["position"] for one in first]
    assert all(one["replayed"] for one in again[:3])
    assert await runtime.store.head() == head + 1


async def test_a_key_used_for_another_line_is_refused(ask: As) -> None:
    await told(ask(ANA), opening(1, key="a"))
    outcomes = await told(ask(ANA), opening(2, key="a"), opening(3, key="b"), opening(4, key="b"))
    assert [one["status"] for one in outcomes] == [422, 201, 409]


async def test_only_an_operator_tells_of_another_time_or_person(ask: As, runtime: Runtime) -> None:
    performer = {"person": "pia", "company": "beta", "role": "writer"}
    past = {"occurred_at": "2020-01-05T10:00:00+01:00", "performed_by": performer}
    refused = await told(ask(ANA), opening(1, **past), opening(2, occurred_at=past["occurred_at"]))
    assert [one["status"] for one in refused] == [403, 403]
    accepted = await told(ask(OPERATOR), opening(1, **past))
    assert accepted[0]["status"] == 201
    fact = (await runtime.store.read_log(after=0, limit=1))[0]
    assert fact.at.isoformat() == "2020-01-05T09:00:00+00:00"
    assert fact.imported
    assert fact.performed_by == "beta/pia/writer"
    assert json.loads(fact.data)["by"] == performer


async def test_who_is_told_of_can_only_be_read_in_one_way(ask: As, runtime: Runtime) -> None:
    names = ("pia/writer", "/", " pia", "pia ", "pia\n", "p\u200bia", "p\0ia", "", " ", "x" * 256, "pía lópez")
    at = "2020-01-05T10:00:00Z"
    lines = [
        opening(number, occurred_at=at, performed_by={"person": name, "company": "beta", "role": "writer"})
        for number, name in enumerate(names, 1)
    ]
    slashed = {"person": "pia", "company": "beta/x", "role": "writer"}
    broken = {"person": "pia", "company": "beta\n", "role": "writer"}
    lines += [opening(90, occurred_at=at, performed_by=slashed), opening(91, occurred_at=at, performed_by=broken)]
    outcomes = await told(ask(OPERATOR), *lines)
    assert [one["status"] for one in outcomes] == [422] * 10 + [201] + [422] * 2
    fact = (await runtime.store.read_log(after=0, limit=9))[0]
    assert fact.performed_by == "beta/pía lópez/writer"
    assert fact.performed_by.split("/") == ["beta", "pía lópez", "writer"]


async def test_an_operator_is_bound_by_the_rules_of_who_may(ask: As) -> None:
    at = "2020-01-05T10:00:00+01:00"
    outcomes = await told(
        ask(OPERATOR),
        opening(1),
        opening(1, occurred_at=at),
        opening(1, occurred_at=at, performed_by={"person": "pia", "company": "beta", "role": "solver"}),
        opening(1, occurred_at=at, performed_by={"person": "pia", "company": "gamma", "role": "writer"}),
        opening(
            1, occurred_at="2999-01-05T10:00:00Z", performed_by={"person": "p", "company": "beta", "role": "writer"}
        ),
        opening(1, occurred_at="2020-01-05T10:00:00"),
    )
    assert [one["status"] for one in outcomes] == [403, 403, 403, 404, 422, 422]


async def test_no_line_tells_of_a_time_that_nothing_reaches_back_to(ask: As) -> None:
    performer = {"person": "pia", "company": "beta", "role": "writer"}
    times = ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "1900-01-01T00:00:00Z")
    lines = [opening(number, occurred_at=at, performed_by=performer) for number, at in enumerate(times, 1)]
    outcomes = await told(ask(OPERATOR), *lines)
    assert [one["status"] for one in outcomes] == [422, 422, 422, 201]
    assert outcomes[0]["problem"]["type"] == "urn:acuerdo:refusal:too-long-ago"


async def test_a_batch_too_long_or_too_large_is_refused_whole(ask: As, runtime: Runtime) -> None:
    client = ask(ANA)
    many = await client.post("/v1/notes/batch", content=ndjson(*(opening(n) for n in range(5_001))))
    large = await client.post("/v1/notes/batch", content=b"x" * (8 * 1024 * 1024 + 1))
    assert (many.status_code, large.status_code) == (422, 413)
    assert large.headers["content-type"] == "application/problem+json"
    assert await runtime.store.head() == 0


async def test_an_empty_batch_has_no_outcomes(ask: As) -> None:
    assert await told(ask(ANA), b"") == []


async def test_a_service_may_do_in_a_batch_only_what_services_may(ask: As) -> None:
    outcomes = await told(ask("robot/alpha/writer"), opening(1), rewriting(1, "two"))
    assert [one["status"] for one in outcomes] == [201, 403]


async def test_whoever_goes_away_finds_the_lines_done_when_asking_again(ask: As) -> None:
    lines = [opening(number, key=f"left-{number}") for number in range(1, 200)]
    leaving = asyncio.create_task(told(ask(ANA), *lines))
    alone = len(asyncio.all_tasks())
    while len(asyncio.all_tasks()) <= alone and not leaving.done():  # until the lines are being done
        await asyncio.sleep(0)
    leaving.cancel()
    with suppress(asyncio.CancelledError):
        await leaving
    statuses = {409}
    async with asyncio.timeout(10):
        while 409 in statuses:
            statuses = {one["status"] for one in await told(ask(ANA), *lines)}
    assert statuses == {201}
