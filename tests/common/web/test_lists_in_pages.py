"""Lists in pages: nothing is skipped or shown twice, whatever comes in between."""

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from fastapi import APIRouter, FastAPI, Query
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from starlette.responses import Response

from common.addresses import sqlalchemy_url
from common.web.app import create_app
from common.web.desk import Desk, allowed
from common.web.paging import Page, given, sorting
from common.web.runtime import Runtime

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
metadata = sa.MetaData()
things = sa.Table(
    "things",
    metadata,
    sa.Column("thing_id", PG_UUID(as_uuid=True), primary_key=True),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("team", sa.Text, nullable=False),
    sa.Column("secret", sa.Text),
)
router = APIRouter(prefix="/v1/things", tags=["things"])


@router.get("", response_model=Page[dict[str, Any]], operation_id="listThings")
async def list_things(
    desk: Annotated[Desk, allowed("reader")],
    team: Annotated[list[str] | None, Query()] = None,
    sort: str = "made_at",
) -> Response:
    found = given(sa.select(things), (things.c.team, team))
    return await desk.page(found, *sorting(things, sort, "thing_id"), shape=visible)


@router.get("/one", operation_id="oneThing")
async def one_thing(desk: Annotated[Desk, allowed("reader")], thing_id: UUID) -> dict[str, Any]:
    return visible(await desk.row(sa.select(things).where(things.c.thing_id == thing_id)))


def visible(row: Any) -> dict[str, Any]:
    return {"thing_id": row["thing_id"], "made_at": row["made_at"], "team": row["team"]}


def thing(number: int) -> dict[str, Any]:
    # made in pairs at the same moment, so that the tie-breaker has work to do
    at = NOON + timedelta(microseconds=number // 2)
    return {"thing_id": UUID(int=number), "made_at": at, "team": f"team-{number % 3}", "secret": "s"}


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(sqlalchemy_url(database))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(sa.insert(things), [thing(number) for number in range(25)])
    yield engine
    await engine.dispose()


@pytest.fixture
async def client(runtime: Runtime, engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    app: FastAPI = create_app(
        service="things", title="Things", routers=[router], runtime=replace(runtime, db=engine)
    )  # fmt: skip
    headers = {"authorization": "Bearer ana/alpha/reader"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://things", headers=headers
    ) as client:
        yield client


async def walked(client: httpx.AsyncClient, path: str) -> list[int]:
    seen: list[int] = []
    following: str | None = path
    while following is not None:
        answer = await client.get(following)
        assert answer.status_code == 200, answer.text
        seen += [UUID(one["thing_id"]).int for one in answer.json()["items"]]
        following = answer.links.get("next", {}).get("url")
        assert (answer.json()["next"] is None) == (following is None)
    return seen


async def test_the_pages_of_a_list_are_the_list(client: httpx.AsyncClient) -> None:
    assert await walked(client, "/v1/things?limit=4") == list(range(25))
    assert await walked(client, "/v1/things?limit=5&sort=-made_at") == list(reversed(range(25)))
    assert await walked(client, "/v1/things?limit=25") == list(range(25))


async def test_filters_and_sorting_go_on_through_the_pages(client: httpx.AsyncClient) -> None:
    seen = await walked(client, "/v1/things?limit=3&sort=-thing_id&team=team-1&team=team-2")
    assert seen == [number for number in reversed(range(25)) if number % 3]


async def test_what_comes_in_between_neither_skips_nor_repeats(client: httpx.AsyncClient, engine: AsyncEngine) -> None:
    first = (await client.get("/v1/things?limit=10")).json()
    async with engine.begin() as connection:
        await connection.execute(sa.insert(things), [{**thing(100), "made_at": NOON - timedelta(days=1)}])
        await connection.execute(sa.delete(things).where(things.c.thing_id == UUID(int=9)))
    rest = await walked(client, f"/v1/things?limit=10&cursor={first['next']}")
    assert rest == list(range(10, 25))


async def test_a_row_shows_only_what_its_shape_says(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/things?limit=1")).json()["items"] == [
        {"thing_id": str(UUID(int=0)), "made_at": "2026-03-02T12:00:00Z", "team": "team-0"}
    ]
    assert "secret" not in (await client.get(f"/v1/things/one?thing_id={UUID(int=3)}")).text
    assert (await client.get(f"/v1/things/one?thing_id={UUID(int=99)}")).status_code == 404


def cursor(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=201", "limit=x", "limit=", "limit=" + "9" * 5000, "cursor=", "cursor=%F0%9F%92%A5",
        "cursor=x", "cursor=" + cursor(b"[1,2]"), "cursor=" + cursor(b'["2026-03-02T12:00:00Z"]'),
        "cursor=" + cursor(b'["2026-03-02T12:00:00","00000000-0000-0000-0000-000000000001"]'), "sort=secret2", "sort=",
        "cursor=" + cursor(b"[" * 20_000), "cursor=" + cursor(b"\xff"),
    ],
)  # fmt: skip
async def test_a_page_that_cannot_be_meant_is_a_422(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/v1/things?{query}")
    assert answer.status_code == 422, answer.text
