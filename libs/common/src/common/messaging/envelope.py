"""A fact as CloudEvents 1.0 in NATS binary mode: attributes are ``ce-`` headers, the body is the fact's JSON.

Beside CloudEvents' own attributes each message carries extensions: ``position`` in its service's log,
``previousposition`` (that of the published fact before it: a gap can be seen), ``streamversion``, ``agreementid``,
``actor``, ``performedby``, ``recordedtime``, ``correlationid``, ``causationid``, ``imported``, ``traceparent`` and
``hash``.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode
from uuid import UUID

from common.eventstore.recorded import Recorded
from common.messaging.headers import Headers
from common.messaging.places import Unreadable, place_of
from common.values import Actor, Person, Rule, value

_PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')
_PLAIN = re.compile(f"[{re.escape(_PRINTABLE)}]*")


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
    return dict(Headers(block(service, fact, previous)))


def block(service: str, fact: Recorded, previous: int, *, trace: str | None = None, anew: bool = False) -> bytes:
    """Return the headers of *fact* as they are sent; in *trace* rather than in its own.

    Without its id, if it goes to a stream *anew* that remembers the id and has the fact no more. Nothing in it can be
    taken for the end of a line: ids, numbers, times, names chosen by us, and what ``_text`` and ``_actor`` return.
    """
    again = "" if anew else f"Nats-Msg-Id: {fact.event_id}\r\n"
    in_trace = trace or fact.trace
    agreement = "" if fact.agreement_id is None else f"ce-agreementid: {fact.agreement_id}\r\n"
    causation = "" if fact.causation is None else f"ce-causationid: {fact.causation}\r\n"
    traceparent = "" if in_trace is None else f"ce-traceparent: {_text(in_trace)}\r\n"
    performed_by = "" if fact.performed_by is None else f"ce-performedby: {_text(fact.performed_by)}\r\n"
    return (
        f"NATS/1.0\r\n"
        f"{again}"
        f"content-type: application/json\r\n"
        f"ce-specversion: 1.0\r\n"
        f"ce-id: {fact.event_id}\r\n"
        f"ce-source: /acuerdo/{service}\r\n"
        f"ce-type: acuerdo.{service}.{fact.name}.v{fact.schema}\r\n"
        f"ce-time: {fact.at.isoformat()}\r\n"
        f"ce-subject: {_text(fact.stream)}\r\n"
        f"ce-dataschema: urn:acuerdo:schema:{service}:{fact.name}:{fact.schema}\r\n"
        f"ce-position: {fact.position}\r\n"
        f"ce-previousposition: {previous}\r\n"
        f"ce-streamversion: {fact.version}\r\n"
        f"ce-actor: {_actor(fact.actor)}\r\n"
        f"ce-recordedtime: {fact.recorded_at.isoformat()}\r\n"
        f"ce-correlationid: {fact.correlation}\r\n"
        f"ce-imported: {'true' if fact.imported else 'false'}\r\n"
        f"ce-hash: {fact.hash.hex()}\r\n"
        f"{agreement}{causation}{traceparent}{performed_by}\r\n"
    ).encode()


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
    return said if _PLAIN.fullmatch(said) else _encoded(said)


@lru_cache(4_096)
def _encoded(said: str) -> str:
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
