"""Who sends or reads slowly takes their own places, and harms nobody else."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response
from structlog.testing import capture_logs

from common.testing.serving import served
from common.values import replace
from common.web.app import create_app
from common.web.desk import Desk, allowed
from common.web.runtime import AlwaysThere, Runtime

PLACES, SHARE = 8, 2
LONG = 8 * 1024 * 1024
BOB = {"authorization": "Bearer bob/beta/writer"}


async def test_who_sends_slowly_keeps_nobody_else_waiting(runtime: Runtime) -> None:
    head = b"POST /letters HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
    async with served(application(runtime)) as port, slow(port, head, SHARE) as connections, asking(port) as client:
        for _ in range(20):
            for _, writer in connections:
                writer.write(b"x")
            assert (await client.post("/letters", content=b"x" * 100, headers=BOB)).json() == {"bytes": 100}
        assert (await client.post("/letters", content=b"x")).status_code == 429


async def test_who_reads_slowly_keeps_their_places_until_they_have_read(runtime: Runtime) -> None:
    app = application(runtime)
    head = b"GET /letters HTTP/1.1\r\nHost: x\r\n\r\n"
    async with served(app) as port, slow(port, head, SHARE) as connections, asking(port) as client:
        assert len((await client.get("/letters", headers=BOB)).content) == LONG
        assert app.state.crowd.in_flight == SHARE
        assert (await client.get("/letters")).status_code == 429
        for reader, _ in connections:
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            assert len(await reader.readexactly(LONG)) == LONG
        assert len((await client.get("/letters")).content) == LONG


async def test_who_hangs_up_while_they_wait_gives_their_place_back(runtime: Runtime) -> None:
    app = application(replace(runtime, progress=NeverThere()))
    head = b"GET /waits HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer bob/beta/writer\r\n"
    waits = b"Acuerdo-After: x=9\r\nPrefer: wait=30\r\n\r\n"
    with capture_logs() as logged:
        async with served(app) as port:
            async with slow(port, head + waits, SHARE):
                assert app.state.crowd.in_flight == SHARE
            async with asyncio.timeout(10):
                while app.state.crowd.in_flight:
                    await asyncio.sleep(0.01)
    assert logged == []


async def test_who_hangs_up_before_all_is_sent_is_no_failure_of_ours(runtime: Runtime) -> None:
    app = application(runtime)
    head = b"POST /letters HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
    with capture_logs() as logged:
        async with served(app) as port:
            async with slow(port, head, SHARE):
                assert app.state.crowd.in_flight == SHARE
            while app.state.crowd.in_flight:
                await asyncio.sleep(0.01)
            async with asking(port) as client:
                assert (await client.post("/letters", content=b"x")).json() == {"bytes": 1}
    assert [one for one in logged if one["log_level"] == "error"] == []


class NeverThere(AlwaysThere):
    """Nothing is ever there."""

    async def reached(self, service: str, position: int, timeout: float) -> int | None:  # noqa: ARG002, ASYNC109 - the protocol's
        await asyncio.Event().wait()
        return None


def application(runtime: Runtime) -> FastAPI:
    router = APIRouter()

    @router.post("/letters")
    async def take(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @router.get("/letters")
    async def give() -> Response:
        return Response(b"x" * LONG)

    @router.get("/waits")
    async def waits(desk: Annotated[Desk, allowed("writer")]) -> Response:
        return Response(desk.caller.company)

    return create_app(service="x", title="X", routers=[router], runtime=replace(runtime, max_in_flight=PLACES))


def asking(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}")


@asynccontextmanager
async def slow(
    port: int, head: bytes, count: int
) -> AsyncGenerator[Sequence[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]:
    """Give connections that have begun a request, and of whose answer nothing is read unless the test does."""
    connections = [await asyncio.open_connection("127.0.0.1", port, limit=1024) for _ in range(count)]
    for _, writer in connections:
        writer.write(head)
    await asyncio.sleep(0.2)
    try:
        yield connections
    finally:
        for _, writer in connections:
            writer.close()
            await writer.wait_closed()
