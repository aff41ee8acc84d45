"""What a partner's developer reads, and what whoever runs the service asks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.responses import Response

from common.web.app import SameOperationId, create_app
from common.web.desk import Desk, allowed
from common.web.paging import Page
from common.web.problems import MEDIA_TYPE
from common.web.runtime import Health, Runtime

As = Callable[[str], httpx.AsyncClient]


@pytest.fixture
async def document(ask: As) -> dict[str, Any]:
    return (await ask("").get("/openapi.json")).json()


async def test_the_document_says_who_may_and_how_to_show_it(document: dict[str, Any]) -> None:
    operation = document["paths"]["/v1/notes"]["post"]
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert operation["security"] == [{"bearer": []}]
    assert (operation["x-acuerdo-roles"], operation["x-acuerdo-service-may"]) == (["writer"], True)
    assert operation["tags"] == ["notes"]


async def test_every_operation_lists_its_problems_with_examples(document: dict[str, Any]) -> None:
    operation = document["paths"]["/v1/notes"]["post"]
    assert {"201", "401", "403", "404", "409", "412", "422", "429", "503"} <= operation["responses"].keys()
    examples = operation["responses"]["409"]["content"][MEDIA_TYPE]["examples"]
    assert {"already-open", "still-being-done"} <= examples.keys()
    assert "Problem" in document["components"]["schemas"]
    assert "HTTPValidationError" not in str(document)


async def test_parameters_are_said_once(runtime: Runtime) -> None:
    lists = APIRouter()

    @lists.get("/things", response_model=Page[str], openapi_extra={"parameters": [{"name": "limit", "in": "query"}]})
    async def things(desk: Annotated[Desk, allowed("writer")]) -> Response:
        return Response(desk.by.person)

    app = create_app(service="x", title="X", routers=[lists], runtime=runtime)
    names = [one["name"] for one in app.openapi()["paths"]["/things"]["get"]["parameters"]]
    assert sorted(names) == ["Acuerdo-After", "Prefer", "cursor", "limit"]


async def test_health_is_not_in_the_document_and_asks_nobody(ask: As, document: dict[str, Any]) -> None:
    for path in ("/livez", "/readyz", "/startupz", "/metrics"):
        assert path not in document["paths"]
        assert (await ask("").get(path)).status_code == 200
    assert (await ask("").get("/readyz")).json() == {"status": "ready", "position": 0, "lag": {}}


async def test_the_documentation_opens_without_internet(ask: As) -> None:
    page = await ask("").get("/docs")
    assert page.status_code == 200
    assert "https://" not in page.text
    for asset in ("/docs/assets/swagger-ui-bundle.js", "/docs/assets/swagger-ui.css", "/docs/assets/favicon.png"):
        assert asset in page.text
        assert (await ask("").get(asset)).status_code == 200


async def test_two_operations_of_one_name_are_refused_at_start(runtime: Runtime) -> None:
    twice = APIRouter()

    async def same() -> None:
        """Do nothing."""

    twice.add_api_route("/a", same)
    twice.add_api_route("/b", same)
    with pytest.raises(SameOperationId):
        create_app(service="x", title="X", routers=[twice], runtime=runtime)


@pytest.mark.parametrize(
    ("stands", "ready", "started"),
    [
        (Health(ready=False, position=3, lag={"relay": 2}, detail="no database"), 503, 200),
        (Health(ready=False, started=False), 503, 503),
        (None, 503, 503),
    ],
)
async def test_a_service_that_is_not_well_says_so(
    runtime: Runtime, stands: Health | None, ready: int, started: int
) -> None:
    async def health() -> Health:
        if stands is None:
            raise ConnectionRefusedError
        return stands

    app = create_app(service="x", title="X", routers=[], runtime=replace(runtime, health=health))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as client:
        assert (await client.get("/readyz")).status_code == ready
        assert (await client.get("/startupz")).status_code == started
        assert (await client.get("/livez")).status_code == 200


async def test_while_the_database_is_away_the_position_is_unknown_and_prometheus_keeps_the_last(
    runtime: Runtime,
) -> None:
    told = [Health(ready=False, detail="no database"), Health(ready=True, position=41, lag={"relay": 2})]

    async def health() -> Health:
        return told[-1]

    app = create_app(service="x", title="X", routers=[], runtime=replace(runtime, service="away", health=health))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as client:
        await client.get("/metrics")
        told.pop()
        assert (await client.get("/readyz")).json() == {
            "status": "not ready", "position": None, "lag": None, "detail": "no database"
        }  # fmt: skip
        assert 'acuerdo_log_position{service="away"} 41.0' in (await client.get("/metrics")).text


async def test_requests_are_counted_by_route_and_never_by_path(ask: As, app: FastAPI) -> None:
    await ask("ana/alpha/writer").get("/v1/notes/0190a7f2-0000-7000-8000-0000000000aa")
    await ask("ana/alpha/writer").get("/nowhere/secret")
    told = (await ask("").get("/metrics")).text
    assert 'method="GET",route="/v1/notes/{note_id}",service="notes",status="404"' in told
    assert 'route="unmatched",service="notes",status="404"' in told
    assert "secret" not in told
    assert "0000000000aa" not in told


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/startupz", "/metrics"])
@pytest.mark.parametrize("method", ["HEAD", "POST", "DELETE", "OPTIONS"])
async def test_whoever_looks_otherwise_than_they_may_is_told_how(ask: As, method: str, path: str) -> None:
    answer = await ask("").request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert method == "HEAD" or answer.json()["type"] == "urn:acuerdo:problem:method-not-allowed"


async def test_how_far_the_service_has_come_is_told_to_prometheus(runtime: Runtime) -> None:
    async def health() -> Health:
        return Health(
            ready=True, position=70, lag={"relay": 3, "projections": 2, "dead_letters": 1, "facts_of_shop": 4}
        )

    lagging = replace(runtime, service="lagging", health=health)
    app = create_app(service="lagging", title="X", routers=[], runtime=lagging)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as client:
        told = (await client.get("/metrics")).text
    for line in ("log_position", "relay_lag_facts", "projection_lag_facts", "dead_letters"):
        assert f'acuerdo_{line}{{service="lagging"}}' in told
    assert 'acuerdo_log_position{service="lagging"} 70.0' in told
    assert 'acuerdo_source_lag_facts{service="lagging",source="shop"} 4.0' in told
