"""One trace goes from a request through the store and NATS to what came of it in another service."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.responses import Response

from common.security.identity import Caller
from common.telemetry import traces
from common.web.app import create_app
from common.web.desk import Desk, allowed
from common.web.runtime import Runtime

ABOVE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE = int(ABOVE[3:35], 16)


@dataclass
class Shop:
    """The shop's counter."""

    app: FastAPI

    async def order(self, dish: str) -> None:
        transport = httpx.ASGITransport(app=self.app)
        headers = {"authorization": "Bearer ana", "traceparent": ABOVE}
        async with httpx.AsyncClient(transport=transport, base_url="http://shop", headers=headers) as client:
            answer = await client.post(f"/v1/orders/{dish}")
        assert answer.status_code == 201, answer.text


class Ana:
    async def caller(self, token: str) -> Caller:  # noqa: ARG002 - the protocol's
        return Caller(person="ana", company="telco-a", roles=frozenset({"waiter"}))


@pytest.fixture
def shop(world: Any, order_placed: Any) -> Shop:
    orders = APIRouter(prefix="/v1/orders")

    @orders.post("/{dish}", status_code=201)
    async def order(dish: str, desk: Annotated[Desk, allowed("waiter")]) -> Response:
        placed = order_placed(dish, str(desk.new_id()))
        return await desk.post(world.shop.history.kinds["order"], placed.order, placed)

    async def parties(_: object) -> frozenset[str]:
        return frozenset({"telco-a"})

    handle = world.shop.handle
    runtime = Runtime(
        service="shop", handle=handle, store=world.shop.store, tokens=Ana(), clock=handle.clock, new_id=handle.new_id,
        parties=parties,
    )  # fmt: skip
    return Shop(app=create_app(service="shop", title="Shop", routers=[orders], runtime=runtime))


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    stop = traces.use(provider)
    yield kept
    stop()


async def test_one_trace_goes_through_http_store_and_nats_to_its_effect(
    world: Any, shop: Shop, spans: InMemorySpanExporter
) -> None:
    world.shop.start()
    world.kitchen.start()
    await shop.order("soup")
    await world.all_taken_in()
    cooked = (await world.kitchen.store.read_log(after=0, limit=1))[0]
    wanted = {"POST /v1/orders/{dish}", "append facts", "publish order-placed", "react order-placed"}
    await world.eventually(lambda: still_missing(spans, wanted), set())
    reacted = the(spans, cooked.trace)
    published = above(spans, reacted)
    asked = above(spans, published)
    kept = next(span for span in spans.get_finished_spans() if span.name == "append facts")
    assert {span.name for span in (asked, kept, published, reacted)} == wanted
    assert above(spans, kept) == asked
    assert asked.parent
    assert asked.parent.span_id == int(ABOVE[36:52], 16)
    assert {span.context.trace_id for span in spans.get_finished_spans() if span.context} == {TRACE}


async def still_missing(spans: InMemorySpanExporter, wanted: set[str]) -> set[str]:
    return wanted - {span.name for span in spans.get_finished_spans()}


def the(spans: InMemorySpanExporter, traceparent: str) -> ReadableSpan:
    assert int(traceparent[3:35], 16) == TRACE
    return by_id(spans, int(traceparent[36:52], 16))


def above(spans: InMemorySpanExporter, span: ReadableSpan) -> ReadableSpan:
    assert span.parent
    return by_id(spans, span.parent.span_id)


def by_id(spans: InMemorySpanExporter, wanted: int) -> ReadableSpan:
    """Return a span; more than one may tell of the same where a busy machine made the relay try again."""
    return next(span for span in spans.get_finished_spans() if span.context and span.context.span_id == wanted)


async def test_without_an_exporter_the_trace_of_the_request_arrives_as_it_was(world: Any, shop: Shop) -> None:
    world.shop.start()
    world.kitchen.start()
    await shop.order("soup")
    await world.all_taken_in()
    assert (await world.shop.store.read_log(after=0, limit=1))[0].trace == ABOVE
    assert (await world.kitchen.store.read_log(after=0, limit=1))[0].trace == ABOVE
