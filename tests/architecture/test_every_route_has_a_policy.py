"""Somebody has thought about every route of the four services: who may call it, and how it says no."""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from common.refusals import Refusal
from common.running import feed
from common.running.contract import contract_of
from common.running.service import Service
from common.testing.routes import Operation, guarded, open_to_all, operations, without_policy
from common.web.app import create_app
from common.web.entrance import Policy
from common.web.finding import Finding
from common.web.problems import type_of
from common.web.runtime import Runtime
from common.web.short_way import ShortWay

PACKAGES = ("agreement", "touchpoints", "solver_teams", "feedback_loop")
ROLES = {
    "touchpoint-agent",
    "solver",
    "team-lead",
    "sme",
    "manager",
    "committee-member",
    "integrator",
    "operator",
    "auditor",
}
OPEN = {"feedback_loop": {"GET /survey/{token}", "POST /survey/{token}"}}
SERVICES_MAY_WRITE = {
    "proposeImprovement",  # a proposal binds nobody
    "registerCustomer",
    "recordContact",
    "batchCustomers",
    "batchContacts",  # what a channel's system heard; people open the cases
    "disclosePersonalData",  # on record, and only fields that the agreement shares
    "confirmSurveyDelivery",
}

ON_NO_ROUTE = {
    "accountable-missing", "not-measured-yet", "nothing-promised", "unsound-moment",  # said to reactions only
    "only-as-imported", "round-is-over", "round-not-open-here",  # said to lines of a batch only
    "already-answered", "link-expired", "link-not-valid", "request-of-earlier-round",  # a page does
    "request-superseded", "too-many-tries",  # a page does
    "not-from-a-party", "unknown-team", "unknown-work",  # routes hide what is another's before these rules are asked
}  # fmt: skip

OF_EACH_SERVICE = {
    "not-in-the-team",  # here a person who is to go was never in it, there a company has nobody in it
    "not-on-the-case",  # who is on a case follows from what each service knows: here asked to work, there working
    "not-your-team",  # a touchpoint team is run by one company, a solver team staffed by several
    "unknown-agreement",  # the agreement's own service also has those that are not in force
}


def service_of(package: str) -> Service:
    return cast("Service", importlib.import_module(f"{package}.wiring").service)


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def app(package: str) -> FastAPI:
    """The application with the routes that the service serves; nothing is asked of it here."""
    service = service_of(package)
    runtime = cast("Runtime", SimpleNamespace(max_in_flight=0))
    routers = (*service.routers, feed.router, contract_of(service))
    return create_app(service=service.name, title=service.title, routers=routers, runtime=runtime)


def policy_of(one: Operation) -> Policy:
    assert isinstance(one.policy, Policy)
    return one.policy


def writing(app: FastAPI) -> list[Operation]:
    return [one for one in guarded(app) if one.method not in {"GET", "HEAD"}]


def documented(app: FastAPI, one: Operation) -> dict[str, Any]:
    return app.openapi()["paths"][one.path][one.method.lower()]


def test_every_route_has_a_policy(app: FastAPI) -> None:
    assert without_policy(app) == [], "give it allowed(...) or public(...)"


def test_a_public_route_is_known_here_and_says_what_protects_it_instead(package: str, app: FastAPI) -> None:
    found = open_to_all(app)
    assert found.keys() == OPEN.get(package, set())
    assert all(why.strip() for why in found.values())


def test_policies_name_only_roles_that_exist(app: FastAPI) -> None:
    found = {str(one): policy_of(one) for one in guarded(app)}
    unknown = {one: set(policy.roles) - ROLES for one, policy in found.items()}
    assert {one: roles for one, roles in unknown.items() if roles} == {}


def test_whatever_people_write_is_handed_to_its_route_at_once(app: FastAPI) -> None:
    written = [one for one in app.routes if isinstance(one, APIRoute) and one.methods and not one.methods <= {"GET"}]
    asked_in_full = {"DELETE /v1/customers/{customer_id}"}  # its reason is a parameter of the query
    usual = {f"{next(iter(one.methods or ()))} {one.path}" for one in written if not isinstance(one.app, ShortWay)}
    assert usual <= asked_in_full
    found = Finding(app.router).routes
    assert [one.path for one in written if one not in found] == []


def test_a_service_decides_nothing(app: FastAPI) -> None:
    may = {one.name for one in writing(app) if policy_of(one).service_may}
    assert may <= SERVICES_MAY_WRITE, "people decide; say here why a service may"


def test_operation_ids_are_unique(app: FastAPI) -> None:
    assert [name for name, times in Counter(one.name for one in operations(app)).items() if times > 1] == []


def test_every_write_documents_how_it_refuses(app: FastAPI) -> None:
    silent = {
        str(one): {"401", "403", "404", "409", "422"} - documented(app, one)["responses"].keys() for one in writing(app)
    }
    assert {one: statuses for one, statuses in silent.items() if statuses} == {}


def test_every_documented_refusal_names_its_problem(app: FastAPI) -> None:
    nameless = [
        f"{one} {status}"
        for one in guarded(app)
        for status, told in documented(app, one)["responses"].items()
        if status.startswith(("4", "5"))
        and not told.get("content", {}).get("application/problem+json", {}).get("examples")
    ]
    assert nameless == []


def test_every_refusal_of_a_service_is_documented_by_its_type_on_some_route(package: str, app: FastAPI) -> None:
    documented_types = {
        example["value"]["type"]
        for one in guarded(app)
        for told in documented(app, one)["responses"].values()
        for example in told.get("content", {}).get("application/problem+json", {}).get("examples", {}).values()
    }
    unnamed = {type_of(one) for one in refusals_of(package)} - documented_types
    assert {one.rsplit(":", 1)[1] for one in unnamed} - ON_NO_ROUTE == set(), "name it in problems(...) of its routes"


def test_one_type_of_problem_is_one_rule_with_one_sentence() -> None:
    for package in PACKAGES:
        refusals_of(package)
    times = Counter(type_of(one).rsplit(":", 1)[1] for one in set(_below(Refusal)) if _ours(one))
    assert {one for one, n in times.items() if n > 1} == OF_EACH_SERVICE, "write it once, in common.shared_refusals"


def _ours(refusal: type[Refusal]) -> bool:
    return refusal.__module__.split(".")[0] in {"common", *PACKAGES}


def refusals_of(package: str) -> set[type[Refusal]]:
    """Return the refusals that *package* says itself, the most special ones."""
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    return {one for one in _below(Refusal) if one.__module__.startswith(f"{package}.") and not one.__subclasses__()}


def _below(refusal: type[Refusal]) -> Iterator[type[Refusal]]:
    for one in refusal.__subclasses__():
        yield one
        yield from _below(one)
