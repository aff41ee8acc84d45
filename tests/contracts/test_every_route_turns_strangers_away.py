"""Every route of the four services, walked: nobody, a wrong role, a service and a company that is no party."""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
import pytest
from fastapi import FastAPI

from common.testing.routes import Asking, Headers, Operation, guarded, not_turned_away, shown_to_strangers

PACKAGES = ("agreement", "touchpoints", "solver_teams", "feedback_loop")
ALL_ROLES = "touchpoint-agent+solver+team-lead+sme+manager+committee-member+integrator+operator+auditor"
OF_NO_AGREEMENT = {"registerCompany", "batchCompanies", "draftAgreement"}
OPERATORS_MAY = {"amendCompany": "manager"}  # an operator keeps the register of all companies
ONLY_IN_BATCHES = {
    "recordWork": {"activity": "queued", "occurred_at": "2026-03-01T00:00:00Z"},
    "takeOver": {"occurred_at": "2026-03-01T00:00:00Z"},
}
QUERIES = {
    "eraseCustomer": {"reason": "customer-request"},
    "findAccountable": {"service": "fibre", "activity": "repair", "region": "north"},
}


def speaking(company: str, roles: tuple[str, ...], service: bool) -> Headers:
    person = "robot" if service else "eve"
    return {"authorization": f"Bearer {person}/{company}/{'+'.join(roles)}"}


class Sampler:
    """Makes bodies that the document of a service allows, with the ids of things that exist."""

    def __init__(self, app: FastAPI, real: Mapping[str, Any]) -> None:
        self._document = app.openapi()
        self._real = real

    def body(self, one: Operation) -> Any:
        told = self._document["paths"][one.path][one.method.lower()].get("requestBody")
        return None if told is None else self._of(told["content"]["application/json"]["schema"], "")

    def _of(self, schema: dict[str, Any], name: str) -> Any:
        if "$ref" in schema:
            return self._of(self._document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], name)
        if name in self._real:
            return self._real[name]
        for key in ("examples", "enum"):
            if key in schema:
                return schema[key][0]
        if "const" in schema or "default" in schema:
            return schema.get("const", schema.get("default"))
        for key in ("anyOf", "oneOf", "allOf"):
            if key in schema:
                return self._of(schema[key][0], name)
        return self._plain(schema)

    def _plain(self, schema: dict[str, Any]) -> Any:
        match schema.get("type"):
            case "object":
                wanted = set(schema.get("required", ())) | (self._real.keys() & schema.get("properties", {}).keys())
                return {name: self._of(schema["properties"][name], name) for name in sorted(wanted)}
            case "array":
                return [self._of(schema["items"], "")] * schema.get("minItems", 0)
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return False
            case _:
                return self._text(schema)

    def _text(self, schema: dict[str, Any]) -> str:
        formats = {"uuid": str(self._real["case_id"]), "date-time": "2026-03-01T00:00:00Z", "date": "2026-03-01"}
        return formats.get(schema.get("format", ""), "a" * 64 if "64" in schema.get("pattern", "") else "some")


def reach_of(app: FastAPI, package: str, real: Mapping[str, Any]) -> Any:
    """Return how to reach what exists with each operation of the service."""
    here = {**real, "language": "es", "team_id": real.get(f"{package}_team", real["agreement_id"])}
    sampler = Sampler(app, here)
    by_name = {one.name: one for one in guarded(app)}

    def line(name: str) -> dict[str, Any]:
        if name in ONLY_IN_BATCHES:
            return {"operation": name, **ONLY_IN_BATCHES[name], **{key: here[key] for key in ("case_id", "team_id")}}
        one = by_name[name]
        path = {key: str(here[key]) for key in here if f"{{{key}}}" in one.path}
        return {"operation": name, **path, **(sampler.body(one) or {})}

    def asking(one: Operation) -> Asking | None:
        if one.name in OF_NO_AGREEMENT:
            return None
        role = OPERATORS_MAY.get(one.name, ALL_ROLES)
        if one.path.endswith("/batch"):
            told = app.openapi()["paths"][one.path]["post"]["requestBody"]["content"]["application/x-ndjson"]["schema"]
            lines = [msgspec.json.encode(line(name)) for name in told["properties"]["operation"]["enum"]]
            return Asking(path=here, body=b"\n".join(lines), role=role)
        query = QUERIES.get(one.name)
        return Asking(path=here, body=sampler.body(one), query=query, role=role)

    return asking


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_nobody_and_no_wrong_role_and_no_service_passes(village: Any, package: str) -> None:
    house = village[package]
    async with house.ask() as client:
        assert await not_turned_away(client, house.app, speaking) == []


async def test_what_is_there_is_not_there_for_a_company_that_is_no_party(village: Any, real: Any) -> None:
    shown: list[str] = []
    for package in PACKAGES:
        house = village[package]
        async with house.ask() as client:
            asking = reach_of(house.app, package, real)
            shown += await shown_to_strangers(client, house.app, speaking, asking)
    assert not shown, "\n".join(shown)


async def test_the_walk_reaches_things_that_a_party_is_shown(village: Any, real: Any) -> None:
    """Otherwise a stranger would be told 404 for the wrong reason."""
    missed: list[str] = []
    for package in PACKAGES:
        house = village[package]
        asking = reach_of(house.app, package, real)
        async with house.ask(f"max/telco-a/{ALL_ROLES}") as client:
            for one in guarded(house.app):
                reach = cast("Asking | None", asking(one))
                if reach is None or one.method != "GET":
                    continue
                answer = await client.get(one.filled(reach.path), params=dict(reach.query or {}))
                if answer.status_code == 404:
                    missed.append(f"{one}: {answer.text}")
    assert not missed, "\n".join(missed)
