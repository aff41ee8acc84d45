"""A line of a batch: what it carries, whom it tells of and when, and what its own members must be."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from pydantic import TypeAdapter

from common.refusals import Forbidden, Invalid
from common.security.identity import Caller
from common.values import Person, can_name_a_person, value
from common.web.entrance import NotYourRole, ServiceMayNot, strict
from common.web.operations import Operation
from common.web.problems import Malformed
from common.web.writing import fingerprint, scoped_key

_KEY_LENGTH = 255
_SOME_ID = UUID("0190a7f2-0000-7000-8000-0000000000aa")
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


class NoSuchOperation(Invalid):
    """This batch does not know the operation."""


class OnlyOperators(Forbidden):
    """Only an operator may tell of another time or person."""


class NotInTheFuture(Invalid):
    """What has not happened yet cannot be told."""


class TooLongAgo(Invalid):
    """Nothing is told of a time before 1900: no agreement, calendar or clock reaches back so far."""


_SLUG = r"^[a-z0-9][a-z0-9-]*\Z"


class Performer(msgspec.Struct, forbid_unknown_fields=True):
    """Who did it, as the source of an import says."""

    person: Annotated[str, msgspec.Meta(pattern=r"^[^/]*\Z")]
    company: Annotated[str, msgspec.Meta(min_length=1, max_length=63, pattern=_SLUG)]
    role: Annotated[str, msgspec.Meta(min_length=1, max_length=63, pattern=_SLUG)]


class Envelope(msgspec.Struct):
    """What every line carries beside its operation's own members."""

    operation: str
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=_KEY_LENGTH)] | None = None
    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    performed_by: Performer | None = None

    @property
    def imported(self) -> bool:
        """Whether the line tells of another time or person than its request."""
        return self.occurred_at is not None or self.performed_by is not None


_ENVELOPE = frozenset(Envelope.__struct_fields__)


class Prepared:
    """An operation with its validators made once."""

    def __init__(self, name: str, operation: Operation) -> None:
        self.name = name
        self.operation = operation
        self._body: TypeAdapter[Any] | None = None if operation.body is None else TypeAdapter(operation.body)
        self._path = {name: TypeAdapter[Any](shape) for name, shape in operation.path.items()}

    def read(self, members: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Return the body and the path parameters that a line's own *members* hold. Raises ``ValidationError``."""
        path = {name: shape.validate_python(members.pop(name, None)) for name, shape in self._path.items()}
        body = None if self._body is None else self._body.validate_python(members)
        return body, path


@value
class Read:
    """A line that could be read. ``lane`` is the id of the thing it is about, as it was sent."""

    number: int
    text: bytes
    prepared: Prepared
    members: dict[str, Any]
    envelope: Envelope
    lane: str

    def once_key(self, caller: Caller) -> str | None:
        """Return the key under which the line's answer is kept, if it has one."""
        key = self.envelope.key
        return None if key is None else scoped_key(caller, self.prepared.name, key)

    def fingerprint(self, key: bytes) -> bytes:
        """Return what tells this line from another under the same idempotency key, keyed with *key*."""
        return fingerprint(key, self.text.strip())


def read_line(number: int, line: bytes, operations: Mapping[str, Prepared]) -> Read:
    """Return what *line* says, its own members not yet looked at. Raises ``Malformed`` or ``NoSuchOperation``."""
    members = strict(line)
    try:
        envelope = msgspec.convert(members, Envelope)
    except msgspec.ValidationError as error:
        raise Malformed(str(error)) from error
    if envelope.performed_by is not None and not can_name_a_person(envelope.performed_by.person):
        raise Malformed("performed_by names no person: 1 to 255 printable characters, no space at either end")
    prepared = operations.get(envelope.operation)
    if prepared is None:
        raise NoSuchOperation(operations=sorted(operations))
    for name in _ENVELOPE & members.keys():
        del members[name]
    lane = members.get(prepared.operation.key)
    return Read(
        number=number, text=line, prepared=prepared, members=members, envelope=envelope,
        lane=f"line {number}" if lane is None else str(lane).lower(),
    )  # fmt: skip


def acting(caller: Caller, operation: Operation, envelope: Envelope) -> Person:
    """Return who acts on a line of *caller*. Raises ``Forbidden`` when the caller may not do or tell it."""
    if caller.service and not operation.service_may:
        raise ServiceMayNot
    if envelope.imported and "operator" not in caller.roles:
        raise OnlyOperators
    if envelope.imported:
        told = envelope.performed_by
        by = caller.acting_as("operator") if told is None else Person(**msgspec.structs.asdict(told))
        if by.role not in operation.roles:
            raise NotYourRole(roles=sorted(operation.roles))
        return by
    role = next((role for role in operation.roles if role in caller.roles), None)
    if role is None:
        raise NotYourRole(roles=sorted(operation.roles))
    return caller.acting_as(role)


def when(envelope: Envelope, now: datetime) -> datetime:
    """Return when a line happened: now unless it tells otherwise. Raises ``NotInTheFuture`` or ``TooLongAgo``."""
    if envelope.occurred_at is None:
        return now
    if envelope.occurred_at < _EARLIEST:
        raise TooLongAgo
    if envelope.occurred_at > now:
        raise NotInTheFuture
    return envelope.occurred_at.astimezone(UTC)


def example_of(operations: Mapping[str, Operation]) -> str:
    """Return a line for each of *operations*, as its members and path parameters are written."""
    return "".join(f"{json.dumps(_example(name, one), ensure_ascii=False)}\n" for name, one in operations.items())


def _example(name: str, operation: Operation) -> dict[str, Any]:
    path = {one: str(_SOME_ID) if shape is UUID else "telco-a" for one, shape in operation.path.items()}
    return {"operation": name, "key": f"{name}-1", **path, **example_in(operation.body)}


def example_in(body: Any) -> dict[str, Any]:
    """Return the first whole example that the model *body* gives, empty where it gives none."""
    extra: Mapping[str, Any] = getattr(body, "model_config", {}).get("json_schema_extra") or {}
    return next(iter(extra.get("examples", ())), {})


_PERFORMER = {
    "person": "Who it was, as the source names them: 1 to 255 printable characters.",
    "company": "Slug of the company that they acted for.",
    "role": "The role that they acted in.",
}


def schema_of(operations: Mapping[str, Operation]) -> dict[str, Any]:
    """Return the JSON Schema of what every line carries."""
    return {
        "type": "object",
        "required": ["operation"],
        "description": "A line: this, and the members and path parameters of its operation.",
        "properties": {
            "operation": {
                "type": "string",
                "enum": sorted(operations),
                "description": "What the line asks for, by its operation id.",
            },
            "key": {"type": "string", "maxLength": _KEY_LENGTH, "description": "The line's idempotency key."},
            "occurred_at": {
                "type": "string",
                "format": "date-time",
                "description": "When it happened; operators only.",
            },
            "performed_by": {
                "type": "object",
                "description": "Who did it, as the source says; operators only.",
                "required": ["person", "company", "role"],
                "properties": {name: {"type": "string", "description": what} for name, what in _PERFORMER.items()},
            },
        },
    }


OUTCOME: dict[str, Any] = {
    "type": "object",
    "required": ["line", "status"],
    "description": "What became of a line: `answer` if it was done, `problem` if not. One for each line, in order.",
    "properties": {
        "line": {"type": "integer", "minimum": 1},
        "status": {"type": "integer", "description": "As the operation's own route would have answered."},
        "position": {"type": "integer", "description": "Where the service's log stands with this line."},
        "replayed": {"type": "boolean", "description": "It was done before; this is the first answer again."},
        "answer": {"type": "object", "description": "The operation's answer.", "additionalProperties": True},
        "problem": {"$ref": "#/components/schemas/Problem"},
    },
}
"""The JSON Schema of a line of the answer."""
