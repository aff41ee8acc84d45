"""The walk over every route finds what it should, and is not fooled."""

from collections.abc import Callable
from typing import Annotated

import httpx
from fastapi import APIRouter, FastAPI

from common.testing.routes import (
    Asking,
    Headers,
    Operation,
    not_turned_away,
    open_to_all,
    shown_to_strangers,
    without_policy,
)
from common.web.app import create_app
from common.web.desk import Desk, allowed, public
from common.web.runtime import Runtime

AGREEMENT = "0190a7f2-0000-7000-8000-000000000001"
NOTE = "0190a7f2-0000-7000-8000-0000000000aa"
As = Callable[[str], httpx.AsyncClient]

careless = APIRouter(prefix="/v1/careless")


@careless.get("/forgotten")
async def forgotten() -> dict[str, str]:
    return {"to": "anybody"}


@careless.get("/{thing}")
async def careless_read(thing: str, desk: Annotated[Desk, allowed("writer")]) -> dict[str, str]:
    return {"shown": thing, "to": desk.caller.company}


@careless.get("/open/{thing}")
async def meant_to_be_open(thing: str, desk: Annotated[Desk, public("customer", why="signed link")]) -> dict[str, str]:
    return {"shown": thing, "to": desk.by.role}


def speaking(company: str, roles: tuple[str, ...], service: bool) -> Headers:
    person = "robot" if service else "ana"
    return {"authorization": f"Bearer {person}/{company}/{'+'.join(roles)}"}


def asking(one: Operation) -> Asking | None:
    bodies = {
        "openNote": {"agreement_id": AGREEMENT, "text": "one"},
        "rewriteNote": {"text": "two"},
        "batchNotes": b'{"operation":"openNote","agreement_id":"%s","text":"one"}' % AGREEMENT.encode(),
    }
    if one.name == "nobodyMay":
        return None
    return Asking(path={"note_id": NOTE}, body=bodies.get(one.name), role="writer")


async def test_a_careful_service_turns_everybody_away(app: FastAPI, ask: As) -> None:
    await ask("ana/alpha/writer").post(
        "/v1/notes", json={"agreement_id": AGREEMENT, "note_id": NOTE, "text": "one"}
    )  # fmt: skip
    assert without_policy(app) == []
    assert open_to_all(app) == {}
    assert await not_turned_away(ask(""), app, speaking) == []
    assert await shown_to_strangers(ask(""), app, speaking, asking) == []


async def test_a_careless_service_is_found_out(runtime: Runtime) -> None:
    app = create_app(service="careless", title="Careless", routers=[careless], runtime=runtime)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://careless") as client:
        assert without_policy(app) == ["GET /v1/careless/forgotten"]
        assert open_to_all(app) == {"GET /v1/careless/open/{thing}": "signed link"}
        shown = await shown_to_strangers(client, app, speaking, lambda _: Asking(path={}))
        assert [line.split(":")[0] for line in shown] == ["GET /v1/careless/{thing} answers a stranger 200"]
