"""A thing's history as partners read it: every fact with its link in the chain, in parts, in every service alike."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import Query
from pydantic import AwareDatetime, BaseModel
from starlette.responses import Response

from common.eventstore.chain import covered
from common.eventstore.recorded import Recorded
from common.web.desk import Desk

_LAST = 2_147_483_647  # no stream is longer

After = Annotated[int, Query(ge=0, le=_LAST, description="only facts above this version of the thing")]
Limit = Annotated[int, Query(ge=1, le=500, description="at most so many facts")]
AsOf = Annotated[AwareDatetime | None, Query(description="only facts recorded no later than this moment")]


class Kept(BaseModel):
    """A text that stands beside its fact, and the salt that its digest was made with."""

    salt: str
    text: str


class Past(BaseModel):
    """A fact of a thing's history and its link in the chain.

    ``hash`` is SHA-256 over the 32 bytes of ``previous`` followed by ``covered`` in UTF-8; ``previous`` is the hash of
    the fact before it, 32 zero bytes for the first. ``covered`` is a JSON array: stream, version, event id, name,
    schema, the fact as it is stored, when it happened and when it was recorded (microseconds since 1970), actor,
    agreement, correlation, causation, imported, performed by.

    ``data`` is the fact: personal data stays sealed in it, and of what people wrote it holds digests; ``confided`` has,
    by digest, salt and text of what the reader's company may read, and ``hidden`` names the rest.
    """

    version: int
    position: int
    event_id: UUID
    name: str
    data_schema: int
    at: datetime
    recorded_at: datetime
    actor: dict[str, str]
    performed_by: str | None
    imported: bool
    data: dict[str, Any]
    confided: dict[str, Kept]
    hidden: list[str]
    covered: str
    previous: str
    hash: str


class History(BaseModel):
    """Part of a thing's history, the oldest fact first; ``next`` is the ``after`` of the part that follows, if any."""

    stream: str
    items: list[Past]
    next: int | None


async def history_of(desk: Desk, stream: str, after: int, limit: int, as_of: datetime | None) -> Response:
    """Answer with the facts of *stream* above version *after*, no more than *limit*, recorded until *as_of*."""
    facts = await desk.runtime.store.read(stream, after=after, until=as_of, limit=limit + 1)
    part = facts[:limit]
    following = part[-1].version if len(facts) > limit else None
    body = {"stream": stream, "items": [await _past(desk, one) for one in part], "next": following}
    return Response(msgspec.json.encode(body), media_type="application/json")


async def _past(desk: Desk, fact: Recorded) -> dict[str, Any]:
    beside = await desk.runtime.disclose(fact.name, fact.schema, fact.data, fact.confided, desk.caller.company)
    return {
        "version": fact.version,
        "position": fact.position,
        "event_id": fact.event_id,
        "name": fact.name,
        "data_schema": fact.schema,
        "at": fact.at,
        "recorded_at": fact.recorded_at,
        "actor": fact.actor,
        "performed_by": fact.performed_by,
        "imported": fact.imported,
        "data": msgspec.Raw(fact.data),
        "confided": beside.texts,
        "hidden": beside.hidden,
        "covered": covered(fact).decode(),
        "previous": fact.previous.hex(),
        "hash": fact.hash.hex(),
    }
