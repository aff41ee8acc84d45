"""Serving without dropping a request that was accepted."""

import asyncio
import signal
from typing import Any
from uuid import UUID

import httpx
from fastapi import APIRouter, FastAPI

from common.testing.serving import Here
from common.values import replace
from common.web.app import create_app
from common.web.runtime import AlwaysThere, Runtime
from common.web.serve import Server


class Slow:
    """A route that is held until it is let go."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.let_go = asyncio.Event()
        self.router = APIRouter()
        self.router.add_api_route("/slow", self.answer)

    async def answer(self) -> dict[str, str]:
        self.begun.set()
        await self.let_go.wait()
        return {"said": "after all"}


async def listening(app: FastAPI, settings: Here) -> tuple[Server, "asyncio.Task[Any]", str]:
    server = Server(app, settings)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    return server, task, f"http://{host}:{port}"


async def test_what_was_accepted_is_answered_after_the_signal(runtime: Runtime) -> None:
    slow = Slow()
    app = create_app(service="notes", title="Notes", routers=[slow.router], runtime=runtime)
    server, task, address = await listening(app, Here())
    async with httpx.AsyncClient(base_url=address) as client:
        asked = asyncio.create_task(client.get("/slow"))
        await slow.begun.wait()
        server.handle_exit(signal.SIGTERM, None)
        await asyncio.sleep(0.2)
        assert not task.done()
        slow.let_go.set()
        assert (await asked).json() == {"said": "after all"}
    await asyncio.wait_for(task, 5)


class Waits(AlwaysThere):
    """Nothing is ever there; whoever waits goes on when the process ends."""

    def __init__(self) -> None:
        self.ends = asyncio.Event()

    async def reached(self, service: str, position: int, timeout: float) -> int | None:  # noqa: ARG002, ASYNC109 - the protocol's
        await self.ends.wait()
        return None

    def let_go(self) -> None:
        self.ends.set()


async def test_whoever_waits_is_answered_at_once_when_it_is_told_to_stop(app: FastAPI, runtime: Runtime) -> None:
    app.state.runtime = replace(runtime, progress=Waits())
    server, task, address = await listening(app, Here())
    async with httpx.AsyncClient(base_url=address, headers={"authorization": "Bearer ana/alpha/writer"}) as client:
        waits = {"acuerdo-after": "loops=7", "prefer": "wait=30"}
        asked = asyncio.create_task(client.get(f"/v1/notes/{UUID(int=1)}", headers=waits))
        while not app.state.crowd.in_flight:
            await asyncio.sleep(0.01)
        server.handle_exit(signal.SIGTERM, None)
        answer = await asyncio.wait_for(asked, 5)
    assert (answer.status_code, answer.headers["acuerdo-waited"]) == (404, "timeout")
    await asyncio.wait_for(task, 5)


async def test_what_cannot_be_finished_in_time_may_be_asked_again(runtime: Runtime) -> None:
    slow = Slow()
    app = create_app(service="notes", title="Notes", routers=[slow.router], runtime=runtime)
    server, task, address = await listening(app, Here())
    server.config.timeout_graceful_shutdown = 1
    async with httpx.AsyncClient(base_url=address) as client:
        asked = asyncio.create_task(client.get("/slow"))
        await slow.begun.wait()
        server.handle_exit(signal.SIGTERM, None)
        answer = await asyncio.wait_for(asked, 10)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["type"] == "urn:acuerdo:refusal:stopping"
    await asyncio.wait_for(task, 5)


async def test_while_draining_it_serves_on_but_is_not_ready(runtime: Runtime) -> None:
    app = create_app(service="notes", title="Notes", routers=[], runtime=runtime)
    server, task, address = await listening(app, Here(drain_seconds=0.3))
    async with httpx.AsyncClient(base_url=address) as client:
        assert (await client.get("/readyz")).status_code == 200
        server.handle_exit(signal.SIGTERM, None)
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (503, "draining")
        assert (await client.get("/livez")).status_code == 200
    await asyncio.wait_for(task, 5)
