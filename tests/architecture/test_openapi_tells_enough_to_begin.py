"""Whoever has nothing but a service's OpenAPI document can write its requests and read its answers."""

import importlib
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter, ValidationError

from common.running import feed
from common.running.contract import contract_of
from common.running.service import Service
from common.security.identity import Caller
from common.testing.routes import guarded, operations
from common.web.app import create_app
from common.web.batch import NDJSON
from common.web.batch_lines import Prepared, read_line
from common.web.operations import Operation
from common.web.runtime import Runtime

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
ROLES = (
    "touchpoint-agent", "solver", "team-lead", "sme", "manager", "committee-member", "integrator", "operator",
    "auditor",
)  # fmt: skip
PACKAGES = ("agreement", "touchpoints", "solver_teams", "feedback_loop")
Told = Mapping[str, Any]


@pytest.fixture(params=PACKAGES)
def service(request: pytest.FixtureRequest) -> Service:
    return cast("Service", importlib.import_module(f"{request.param}.wiring").service)


class Anybody:
    """Takes any token for a person of telco-a in every role."""

    async def caller(self, token: str) -> Caller:
        return Caller(person=token, company="telco-a", roles=frozenset(ROLES))


@pytest.fixture
def app(service: Service) -> FastAPI:
    """The application as far as it comes without a database."""
    runtime = cast("Runtime", SimpleNamespace(service="x", tokens=Anybody(), max_in_flight=100, max_body=1_000))
    routers = (*service.routers, feed.router, contract_of(service))
    return create_app(service=service.name, title=service.title, about=service.about, routers=routers, runtime=runtime)


def told(app: FastAPI) -> Iterator[tuple[str, Told]]:
    for item in app.openapi()["paths"].values():
        for operation in item.values():
            yield operation["operationId"], operation


def examples(app: FastAPI, media: Told) -> list[Any]:
    name = media["schema"].get("$ref", "").rsplit("/", 1)[-1]
    schema = app.openapi()["components"]["schemas"].get(name, media["schema"])
    return [*schema.get("examples", ()), *(one["value"] for one in media.get("examples", {}).values())]


def test_every_json_body_has_a_whole_example_that_its_own_model_accepts(app: FastAPI) -> None:
    models = {one.name: one.route.body_field for one in operations(app)}
    wrong: list[str] = []
    for name, operation in told(app):
        media = operation.get("requestBody", {}).get("content", {}).get(JSON)
        if media is None:
            continue
        field = models[name]
        assert field is not None
        found = examples(app, media)
        wrong += [] if found else [f"{name} has no example"]
        for example in found:
            try:
                TypeAdapter[Any](cast("type[Any]", field.field_info.annotation)).validate_json(json.dumps(example))
            except ValidationError as error:
                wrong.append(f"{name}: {error}")
    assert wrong == []


def test_every_field_that_a_caller_fills_in_says_what_it_means(app: FastAPI) -> None:
    schemas = app.openapi()["components"]["schemas"]
    silent = {
        f"{name} {path}"
        for name, operation in told(app)
        for media in operation.get("requestBody", {}).get("content", {}).values()
        for path in undescribed(media.get("schema", {}), schemas)
    }
    assert silent == set(), "write a docstring under the field"


def undescribed(schema: Any, schemas: Told, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the fields in *schema*, however deep, without a description."""
    if isinstance(schema, list):
        for one in cast("list[Any]", schema):
            yield from undescribed(one, schemas, seen)
    if not isinstance(schema, dict):
        return
    held = cast("dict[str, Any]", schema)
    name = str(held.get("$ref", "")).rsplit("/", 1)[-1]
    if name and name not in seen:
        yield from undescribed(schemas[name], schemas, seen | {name})
    for field, said in held.get("properties", {}).items():
        if not said.get("description"):
            yield f"{held.get('title', '')}.{field}"
        yield from undescribed(said, schemas, seen)
    for part in ("items", "prefixItems", "anyOf", "oneOf", "allOf"):
        yield from undescribed(held.get(part), schemas, seen)


def test_every_line_of_a_batchs_example_is_one_that_the_batch_reads(app: FastAPI) -> None:
    endpoints = {one.name: one.route.endpoint for one in operations(app)}
    for name, operation in told(app):
        media = operation.get("requestBody", {}).get("content", {}).get(NDJSON)
        if media is None:
            continue
        prepared: Mapping[str, Prepared] = inspect.getclosurevars(endpoints[name]).nonlocals["prepared"]
        lines = media["example"].encode().splitlines()
        assert len(lines) == len(prepared), name
        for number, line in enumerate(lines, 1):
            read = read_line(number, line, prepared)
            read.prepared.read(read.members)


def test_every_answer_with_a_body_has_a_schema(app: FastAPI) -> None:
    bare = [
        f"{name} {status}"
        for name, operation in told(app)
        for status, answer in operation["responses"].items()
        if status.startswith("2") and status != "204"
        if not any(media.get("schema") for media in answer.get("content", {}).values())
    ]
    assert bare == []


async def test_every_operation_refuses_a_query_parameter_that_its_document_does_not_tell_of(app: FastAPI) -> None:
    queries = {
        name: {one["name"] for one in operation["parameters"] if one["in"] == "query"} for name, operation in told(app)
    }
    transport, headers = httpx.ASGITransport(app=app), {"authorization": "Bearer ana"}
    async with httpx.AsyncClient(transport=transport, base_url="http://x", headers=headers) as client:
        for one in guarded(app):
            answer = await client.request(one.method, one.filled({}), params={"colour": "red"})
            assert (answer.status_code, answer.json().get("unknown")) == (422, ["colour"]), str(one)
            assert set(answer.json()["known"]) == queries[one.name], str(one)


def changes_blindly(endpoint: Any) -> bool:
    """Tell from its code whether a route's endpoint does without the version that a change is based on."""
    named = [getattr(inspect.unwrap(endpoint), "__globals__", {}).get(name) for name in endpoint.__code__.co_names]
    needs = [one.changes for one in named if isinstance(one, Operation)]
    return "change" not in endpoint.__code__.co_names and not any(needs)


def test_a_version_is_asked_for_where_nothing_is_changed_without_one_and_nowhere_else(app: FastAPI) -> None:
    endpoints = {one.name: one.route.endpoint for one in operations(app)}
    for name, operation in told(app):
        based = {one["name"]: one.get("required", False) for one in operation["parameters"]}.get("If-Match", False)
        assert ("428" in operation["responses"], based) == (not changes_blindly(endpoints[name]),) * 2, name


def test_every_body_is_described(app: FastAPI) -> None:
    """A form or lines have their schema as JSON has; nothing is read that the document does not tell of."""
    for name, operation in told(app):
        for kind, media in operation.get("requestBody", {}).get("content", {}).items():
            assert kind in {JSON, NDJSON, FORM}, name
            assert media["schema"], name


def test_the_document_says_what_the_service_is_for_and_how_to_begin(service: Service, app: FastAPI) -> None:
    says = app.openapi()["info"]["description"]
    assert service.about
    assert says.startswith(service.about)
    for word in ("acuerdo token", "Idempotency-Key", "If-Match", "Acuerdo-After", "How to begin"):
        assert word in says
    begun = re.findall(r"`([a-z]+[A-Z]\w+)`", service.about)
    assert begun
    assert set(begun) <= {name for name, _ in told(app)}
