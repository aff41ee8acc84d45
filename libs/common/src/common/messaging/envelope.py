"""A fact as CloudEvents 1.0 in NATS binary mode: attributes are ``ce-`` headers, the body is the fact's JSON.

Beside CloudEvents' own attributes each message carries extensions: ``position`` in its service's log,
``previousposition`` (that of the published fact before it: a gap can be seen), ``streamversion``, ``agreementid``,
``actor``, ``performedby``, ``recordedtime``, ``correlationid``, ``causationid``, ``imported``, ``traceparent`` and
``hash``.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode
from uuid import UUID

from common.eventstore.recorded import Recorded
from common.messaging.places import Unreadable, place_of
from common.values import Actor, Person, Rule, value

_PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')


@value
class Message:
    """A published fact as a subscriber gets it. ``data`` is its JSON in schema version ``schema``."""

    event_id: UUID
    source: str
    name: str
    schema: int
    stream: str
    stream_version: int
    position: int
    previous: int
    at: datetime
    recorded_at: datetime
    agreement_id: UUID | None
    actor: Actor
    performed_by: str | None
    correlation: UUID
    causation: UUID | None
    imported: bool
    trace: str | None
    data: bytes


def subject(service: str, fact: Recorded) -> str:
    """Return where *fact* is published: ``acuerdo.<agreement>.<service>.<thing>.<fact>``."""
    thing = fact.stream.split("-", 1)[0]
    return f"acuerdo.{fact.agreement_id or '-'}.{service}.{thing}.{fact.name}"


def headers(service: str, fact: Recorded, previous: int) -> dict[str, str]:
    """Return the headers of *fact*, published after the one at position *previous*."""
    given = {
        "Nats-Msg-Id": str(fact.event_id),
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": str(fact.event_id),
        "ce-source": f"/acuerdo/{service}",
        "ce-type": f"acuerdo.{service}.{fact.name}.v{fact.schema}",
        "ce-time": fact.at.isoformat(),
        "ce-subject": _text(fact.stream),
        "ce-dataschema": f"urn:acuerdo:schema:{service}:{fact.name}:{fact.schema}",
        "ce-position": str(fact.position),
        "ce-previousposition": str(previous),
        "ce-streamversion": str(fact.version),
        "ce-actor": _actor(fact.actor),
        "ce-recordedtime": fact.recorded_at.isoformat(),
        "ce-correlationid": str(fact.correlation),
        "ce-imported": "true" if fact.imported else "false",
        "ce-hash": fact.hash.hex(),
    }
    optional = {
        "ce-agreementid": fact.agreement_id,
        "ce-causationid": fact.causation,
        "ce-traceparent": fact.trace,
        "ce-performedby": None if fact.performed_by is None else _text(fact.performed_by),
    }
    return given | {name: str(said) for name, said in optional.items() if said is not None}


def read(given: Mapping[str, str], data: bytes) -> Message:
    """Return the fact that a message with the headers *given* carries.

    Raises:
        Unreadable: a header is missing or cannot be meant.
    """
    try:
        return _read(given, data)
    except (KeyError, ValueError, TypeError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def _read(given: Mapping[str, str], data: bytes) -> Message:
    where = place_of(given)
    return Message(
        event_id=UUID(where.event_id),
        source=where.source,
        name=where.name,
        schema=int(given["ce-type"].rpartition(".v")[2]),
        stream=where.stream,
        stream_version=int(given["ce-streamversion"]),
        position=where.position,
        previous=where.previous,
        at=datetime.fromisoformat(given["ce-time"]),
        recorded_at=datetime.fromisoformat(given["ce-recordedtime"]),
        agreement_id=_maybe_id(given.get("ce-agreementid")),
        actor=_read_actor(given["ce-actor"]),
        performed_by=None if "ce-performedby" not in given else unquote(given["ce-performedby"]),
        correlation=UUID(given["ce-correlationid"]),
        causation=_maybe_id(given.get("ce-causationid")),
        imported=given["ce-imported"] == "true",
        trace=given.get("ce-traceparent"),
        data=data,
    )


def _text(said: str) -> str:
    """Percent-encode what a header cannot carry (CloudEvents NATS binding 1.0.2, section 3.1.3)."""
    return quote(said, safe=_PRINTABLE)


@lru_cache(4_096)
def _actor(actor: Actor) -> str:
    match actor:
        case Person():
            return urlencode({"person": actor.person, "company": actor.company, "role": actor.role})
        case Rule():
            return urlencode({"rule": actor.rule})


@lru_cache(4_096)
def _read_actor(said: str) -> Actor:
    given = dict(parse_qsl(said, keep_blank_values=True, strict_parsing=True))
    return Rule(rule=given["rule"]) if "rule" in given else Person(**given)


def _maybe_id(said: str | None) -> UUID | None:
    return None if said is None else UUID(said)
