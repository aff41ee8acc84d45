"""What requests and answers are made of, and how an answer is given."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from common.eventstore.chain import covered, verify
from common.eventstore.recorded import Recorded
from common.history import Kind
from common.web.desk import Desk

Code = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z0-9][a-z0-9._-]*$")]
Term = Annotated[str, Field(min_length=1, max_length=63)]
Name = Annotated[str, Field(min_length=1, max_length=255)]
Reference = Annotated[str, Field(min_length=1, max_length=255)]
Words = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]


class Body(BaseModel):
    """What a request says; a member that is not known is refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Fact(BaseModel):
    """One fact of a thing's history: ``hash`` is SHA-256 over the 32 bytes of ``previous`` and the text ``covered``.

    ``previous`` is the hash of the fact before it, 32 zero bytes for the first. ``covered`` is the JSON array that was
    hashed, in which personal data stays sealed.
    """

    version: int
    position: int
    name: str
    data_schema: int
    at: str
    recorded_at: str
    actor: dict[str, str]
    performed_by: str | None
    imported: bool
    data: dict[str, Any]
    covered: str
    hash: str
    previous: str


class FactsInOrder(BaseModel):
    """A thing's whole history. ``holds``: every hash is that of its fact and of the one before."""

    stream: str
    holds: bool
    facts: list[Fact]


def answer(said: object, version: int) -> Response:
    """Return *said* as JSON, tagged with the thing's version."""
    body = msgspec.json.encode(said, enc_hook=str)
    return Response(body, media_type="application/json", headers={"ETag": f'"{version}"'})


async def history_of(desk: Desk, kind: Kind[Any, Any, Any], key: UUID) -> Response:
    """Answer with every fact of the thing *key*, checked against its hash chain; personal data stays sealed."""
    stream = kind.stream(key)
    recorded = await desk.runtime.store.read(stream)
    return answer(
        {"stream": stream, "holds": verify(recorded) is None, "facts": [_fact(one) for one in recorded]},
        len(recorded),
    )


def _fact(recorded: Recorded) -> dict[str, Any]:
    return {
        "version": recorded.version,
        "position": recorded.position,
        "name": recorded.name,
        "data_schema": recorded.schema,
        "at": recorded.at,
        "recorded_at": recorded.recorded_at,
        "actor": recorded.actor,
        "performed_by": recorded.performed_by,
        "imported": recorded.imported,
        "data": msgspec.Raw(recorded.data),
        "covered": covered(recorded).decode(),
        "hash": recorded.hash.hex(),
        "previous": recorded.previous.hex(),
    }
