"""Who may read, and how what is read is answered."""

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import Response

from common.web.desk import Desk, allowed

READERS = (
    "touchpoint-agent",
    "solver",
    "team-lead",
    "sme",
    "manager",
    "committee-member",
    "integrator",
    "operator",
    "auditor",
)

Reader = Annotated[Desk, allowed(*READERS, service_may=True)]
"""Whoever works for a party may read, and so may its systems."""

Moment = Annotated[AwareDatetime, Field(examples=["2026-03-02T12:00:00Z"])]

LIST: dict[str, Any] = {
    "parameters": [
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}},
        {"name": "cursor", "in": "query", "schema": {"type": "string"}, "description": "`next` of the page before."},
    ]
}
"""What every list takes besides its filters."""


def shown(what: BaseModel, version: int | None = None) -> Response:
    """Return *what* as an answer; *version* is the one to change it upon."""
    headers = {} if version is None else {"ETag": f'"{version}"'}
    return Response(what.model_dump_json(), media_type="application/json", headers=headers)
