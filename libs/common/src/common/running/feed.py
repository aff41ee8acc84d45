"""The published facts of a service over HTTP: what an integrator would hear on NATS, with replay from any position."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import Response

from common.eventstore.chain import covered_by
from common.eventstore.tables import events
from common.web.desk import Desk, Row, allowed
from common.web.operations import unknown_agreement
from common.web.past import Kept

router = APIRouter(prefix="/v1/facts", tags=["facts"])

READERS = (
    "integrator", "auditor", "operator", "manager", "committee-member", "team-lead", "sme", "touchpoint-agent",
    "solver",
)  # fmt: skip


class CloudEvent(BaseModel):
    """A fact as a CloudEvent 1.0; ``type`` names it with its version, and ``/asyncapi.json`` has the shape of ``data``.

    ``subject`` is the stream of the thing that it happened to and ``streamversion`` its place there. ``hash`` is
    SHA-256 over the 32 bytes of ``previoushash`` and the text ``covered``; ``previoushash`` is the ``hash`` of the fact
    whose ``streamversion`` is one less, which is not given where it is private to the service. ``confided`` and
    ``hidden`` are there where texts stand beside the fact.
    """

    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    time: datetime
    subject: str
    datacontenttype: Literal["application/json"]
    dataschema: str
    position: int
    streamversion: int
    agreementid: UUID
    actor: dict[str, str]
    recordedtime: datetime
    correlationid: UUID
    causationid: str | None = None
    performedby: str | None = None
    imported: bool
    hash: str
    previoushash: str
    covered: str
    data: dict[str, Any]
    confided: dict[str, Kept] | None = None
    hidden: list[str] | None = None


class Facts(BaseModel):
    """Facts in the order of the service's log; ``next`` is the ``after`` to go on with."""

    items: list[CloudEvent]
    next: int


@router.get("", operation_id="listFacts", response_model=Facts)
async def list_facts(
    desk: Annotated[Desk, allowed(*READERS, service_may=True)],
    after: Annotated[int, Query(ge=0, description="the position after which to go on; 0 is the beginning")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
    agreement_id: Annotated[UUID | None, Query(description="only the facts of this agreement")] = None,
) -> Response:
    """Give the published facts of the caller's agreements as CloudEvents, oldest first.

    ``next`` is the position to go on after; when ``items`` is empty, it is where to ask again later. Of a text that the
    agreement may keep from some companies ``data`` holds the digest, on which every hash rests; ``confided`` has, by
    digest, the salt and text of those that the caller's company may read, and ``hidden`` names the others' fields.
    """
    mine = await desk.agreements()
    if agreement_id is not None:
        if agreement_id not in mine:
            raise unknown_agreement()
        mine = frozenset({agreement_id})
    found = await desk.rows(_published(mine, after, limit))
    items = [cloud_event(desk.runtime.service, row) | await _beside(desk, row) for row in found]
    following = found[-1]["position"] if found else after
    return Response(msgspec.json.encode({"items": items, "next": following}), media_type="application/json")


def cloud_event(service: str, row: Row) -> dict[str, Any]:
    """Return the fact in *row* as a CloudEvents 1.0 JSON object; its extensions are those of the NATS messages."""
    optional = {
        "causationid": row["causation"],
        "performedby": row["performed_by"],
    }
    return {
        "specversion": "1.0",
        "id": str(row["event_id"]),
        "source": f"/acuerdo/{service}",
        "type": f"acuerdo.{service}.{row['name']}.v{row['schema']}",
        "time": row["at"].isoformat(),
        "subject": row["stream"],
        "datacontenttype": "application/json",
        "dataschema": f"urn:acuerdo:schema:{service}:{row['name']}:{row['schema']}",
        "position": row["position"],
        "streamversion": row["version"],
        "agreementid": str(row["agreement_id"]),
        "actor": msgspec.json.decode(row["actor"]),
        "recordedtime": row["recorded_at"].isoformat(),
        "correlationid": str(row["correlation"]),
        "imported": row["imported"],
        "hash": row["hash"].hex(),
        "previoushash": row["previous"].hex(),
        "covered": covered_by(
            row["stream"],
            row["version"],
            row["event_id"],
            row["name"],
            row["schema"],
            row["written"].encode(),
            row["at"],
            row["recorded_at"],
            row["actor"],
            row["agreement_id"],
            row["correlation"],
            row["causation"],
            row["imported"],
            row["performed_by"],
        ).decode(),
        "data": row["data"],
    } | {name: str(said) for name, said in optional.items() if said is not None}


async def _beside(desk: Desk, row: Row) -> dict[str, Any]:
    """Return what stands beside the fact for the caller's company."""
    if row["confided"] is None:
        return {}
    kept = (msgspec.json.encode(row["data"]), msgspec.json.encode(row["confided"]))
    shown = await desk.runtime.disclose(row["name"], row["schema"], *kept, desk.caller.company)
    return {"confided": shown.texts, "hidden": shown.hidden}


def _published(agreements: frozenset[UUID], after: int, limit: int) -> sa.Select[Any]:
    return (
        sa.select(events, sa.cast(events.c.data, sa.Text).label("written"))  # the hash is over the text as it is stored
        .where(events.c.published, events.c.agreement_id.in_(agreements), events.c.position > after)
        .order_by(events.c.position)
        .limit(limit)
    )
