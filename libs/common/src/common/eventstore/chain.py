"""Each fact's hash covers the hash before it in its stream: history cannot be rewritten unseen."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

import msgspec

from common.eventstore.confiding import disagreement
from common.eventstore.recorded import Recorded
from common.values import Actor, Person, Rule, value

BEGINNING = bytes(32)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(4_096)
def write_actor(actor: Actor) -> str:
    """Return *actor* as the JSON text that is stored and hashed."""
    return msgspec.json.encode(actor).decode()


@lru_cache(4_096)
def read_actor(text: str) -> Actor:
    """Return the actor that *text* holds."""
    raw = msgspec.json.decode(text)
    return Rule(rule=raw["rule"]) if "rule" in raw else Person(**raw)


def link(
    previous: bytes,
    stream: str,
    version: int,
    event_id: UUID,
    name: str,
    schema: int,
    data: bytes,
    at: datetime,
    recorded_at: datetime,
    actor: str,
    agreement_id: UUID | None,
    correlation: UUID,
    causation: UUID | None,
    imported: bool,
    performed_by: str | None,
) -> bytes:
    """Return the fact's hash: SHA-256 over *previous* and the JSON array of the other arguments.

    Times are UTC in microseconds since 1970; ``data`` is the stored text itself, in which digests stand for the texts
    that it confides.
    """
    return sha256(
        previous
        + covered_by(
            stream, version, event_id, name, schema, data, at, recorded_at, actor, agreement_id, correlation,
            causation, imported, performed_by,
        )
    ).digest()  # fmt: skip


def covered(fact: Recorded) -> bytes:
    """Return what the hash of *fact* covers besides the hash before it: whoever reads the fact can check it."""
    return covered_by(
        fact.stream, fact.version, fact.event_id, fact.name, fact.schema, fact.data, fact.at, fact.recorded_at,
        write_actor(fact.actor), fact.agreement_id, fact.correlation, fact.causation, fact.imported, fact.performed_by,
    )  # fmt: skip


def covered_by(
    stream: str,
    version: int,
    event_id: UUID,
    name: str,
    schema: int,
    data: bytes,
    at: datetime,
    recorded_at: datetime,
    actor: str,
    agreement_id: UUID | None,
    correlation: UUID,
    causation: UUID | None,
    imported: bool,
    performed_by: str | None,
) -> bytes:
    """Return the JSON array that a fact's hash covers besides the hash before it (see ``link``)."""
    return msgspec.json.encode(
        (
            stream, version, event_id, name, schema, data.decode(), _microseconds(at), _microseconds(recorded_at),
            actor, agreement_id, correlation, causation, imported, performed_by,
        )
    )  # fmt: skip


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


@value
class Broken:
    """The first place where a stream's chain does not hold, and why."""

    stream: str
    version: int
    why: str


def verify(facts: Iterable[Recorded]) -> Broken | None:
    """Return where one stream's chain breaks, or None: no version missing, links unbroken, contents unchanged.

    Texts that are there beside their facts are checked against the digests.
    """
    previous = BEGINNING
    for version, fact in enumerate(facts, start=1):
        if fact.version != version:
            return Broken(stream=fact.stream, version=version, why="a fact is missing")
        if fact.previous != previous:
            return Broken(stream=fact.stream, version=version, why="it does not follow from the fact before it")
        if link_of(fact) != fact.hash:
            return Broken(stream=fact.stream, version=version, why="its contents are not what was hashed")
        if (why := disagreement(fact.data, fact.confided)) is not None:
            return Broken(stream=fact.stream, version=version, why=why)
        previous = fact.hash
    return None


def link_of(fact: Recorded) -> bytes:
    """Return the hash that *fact*'s contents give."""
    return link(
        fact.previous, fact.stream, fact.version, fact.event_id, fact.name, fact.schema, fact.data, fact.at,
        fact.recorded_at, write_actor(fact.actor), fact.agreement_id, fact.correlation, fact.causation, fact.imported,
        fact.performed_by,
    )  # fmt: skip
