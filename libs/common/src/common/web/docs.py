"""The OpenAPI document and the page to read it with, which needs no internet."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from common.handling.handling import FactTooLarge, TooContended
from common.refusals import NotFound, StaleVersion, TooMany, VersionRequired
from common.security.identity import Unauthenticated
from common.web.entrance import NotYourRole, Policy, ServiceMayNot, policy_of
from common.web.paging import MOST, USUAL, is_page
from common.web.problems import STATUS, Malformed, NotJson, Overloaded, problems
from common.web.queries import UnknownParameter
from common.web.writing import KeyUsedOtherwise, StillBeingDone, UnreadableTag

_ASSETS = Path(fastapi_offline.__file__).parent / "static"
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457; `type` names the refusal, its parameters are further members.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"at": {"type": "array", "items": {"type": "string"}}, "message": {"type": "string"}},
            },
        },
    },
    "additionalProperties": True,
}
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": (
        "A token of the agreement's OIDC issuer, with the claims `sub`, `company` and `roles`. "
        "In development `acuerdo token --company telco-a --role manager --person ana` prints one."
    ),
}


def serve_docs(app: FastAPI) -> None:
    """Serve ``/openapi.json`` and ``/docs`` of *app*, its assets from this process."""
    app.openapi = lambda: document(app)  # FastAPI's own way to extend the document
    app.mount("/docs/assets", StaticFiles(directory=_ASSETS), name="docs-assets")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        """The API, readable and to be tried."""
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=app.title,
            swagger_js_url="/docs/assets/swagger-ui-bundle.js",
            swagger_css_url="/docs/assets/swagger-ui.css",
            swagger_favicon_url="/docs/assets/favicon.png",
            swagger_ui_parameters={"persistAuthorization": True, "docExpansion": "list", "filter": True},
        )


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of *app*: with who may call what, and what every route has in common."""
    if app.openapi_schema:
        return app.openapi_schema
    told = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
    )  # fmt: skip
    components = told.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {"bearer": _BEARER}
    for route, operation in _operations(app, told["paths"]):
        _tell_common(route, operation)
    app.openapi_schema = told
    return told


def _operations(app: FastAPI, paths: dict[str, Any]) -> Iterator[tuple[APIRoute, dict[str, Any]]]:
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                yield route, paths[route.path_format][method.lower()]


def _tell_common(route: APIRoute, operation: dict[str, Any]) -> None:
    policy, writes = policy_of(route), not (route.methods or set()) <= {"GET", "HEAD"}
    common = [Malformed, Overloaded, TooMany]
    if isinstance(policy, Policy):
        common += [Unauthenticated, NotYourRole, ServiceMayNot, NotFound, UnknownParameter]
        operation["security"] = [{"bearer": []}]
        operation["description"] = f"{operation.get('description', '')}\n\nFor: {_may(policy)}.".strip()
        operation["x-acuerdo-roles"] = list(policy.roles)
        operation["x-acuerdo-service-may"] = policy.service_may
    if writes:
        common += [KeyUsedOtherwise, StillBeingDone, StaleVersion, UnreadableTag]
        common += [TooContended, FactTooLarge, *([NotJson] if route.body_field else [])]
        _tell_headers(operation)
    parameters = [*(_write_parameters(operation) if writes else ()), *_WAIT_PARAMETERS]
    _tell_parameters(operation, [*parameters, *(_PAGE_PARAMETERS if is_page(route) else ())])
    _tell_refusals(operation, common)


def _tell_parameters(operation: dict[str, Any], parameters: list[dict[str, Any]]) -> None:
    """Add those of *parameters* that the route does not declare itself."""
    known = operation.setdefault("parameters", [])
    names = {(one["in"], one["name"].lower()) for one in known}
    known += [one for one in parameters if (one["in"], one["name"].lower()) not in names]


def _tell_refusals(operation: dict[str, Any], refusals: list[Any]) -> None:
    """Add to each status of *operation* the refusals that its route has in common with others."""
    responses = operation.setdefault("responses", {})
    for status, told in problems(*refusals).items():
        known = responses.get(str(status))
        content = (known or {}).get("content", {}).get("application/problem+json")
        if known is None or content is None:
            responses[str(status)] = told
        else:
            more = told["content"]["application/problem+json"]["examples"]
            content["examples"] = {**content.get("examples", {}), **more}


def _tell_headers(operation: dict[str, Any]) -> None:
    for status, told in operation.get("responses", {}).items():
        if status.startswith("2"):
            told["headers"] = {
                "ETag": {"description": "The thing's version.", "schema": {"type": "string"}},
                "Acuerdo-Position": {
                    "description": "Where the service's log stands with this: `<service>=<position>`.",
                    "schema": {"type": "string"},
                },
            }


def _may(policy: Policy) -> str:
    people = ", ".join(policy.roles) or "nobody"
    return f"{people}; services may" if policy.service_may else f"{people}; people only"


def _header(name: str, description: str, *, required: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": {"type": "string"},
    }


def _write_parameters(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the headers of a write; a route that refuses to change things blindly says so with its 428."""
    blindly = str(STATUS[VersionRequired.kind]) not in operation.get("responses", {})
    return [
        _header("Idempotency-Key", "Asked again with the same key and body, the first answer is given."),
        _header(
            "If-Match", 'The ETag of the version this is based on, such as `"3"`; `*` is any.', required=not blindly
        ),
    ]


_WAIT_PARAMETERS = [
    _header(
        "Acuerdo-After",
        "Positions already seen: `<service>=<position>`, separated by commas; of a service not followed here, nothing.",
    ),
    _header("Prefer", "`wait=5`: wait so many seconds (at most 30) until those positions can be seen here."),
]
_PAGE_PARAMETERS: list[dict[str, Any]] = [
    {
        "name": "limit",
        "in": "query",
        "required": False,
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    },
    {
        "name": "cursor",
        "in": "query",
        "required": False,
        "description": "`next` of the page before.",
        "schema": {"type": "string"},
    },
]
