"""Stored names, versions and upcasts of a service's facts: chosen once, counted, and pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, cached_property
from typing import Any, Generic, cast
from uuid import UUID

import msgspec

from common.deciders import Command, Decider, Fact, State
from common.eventstore.confiding import Texts, Told, read_texts, write_texts
from common.eventstore.recorded import Recorded
from common.values import Confided, value

Upcast = Callable[[dict[str, Any]], dict[str, Any]]


@value
class Kind(Generic[State, Command, Fact]):
    """One kind of thing: its stream is ``<name>-<key>``; ``due`` says when it next wants to look at the clock.

    ``lives`` tells by which facts people act on a thing, where not by all: from the first of them that no source told,
    no more is told of the thing as history. ``told_by_one``: only the company that told its beginning tells more of it.
    """

    name: str
    decider: Decider[State, Command, Fact]
    due: Callable[[State], datetime | None] | None = None
    tick: Callable[[datetime], Command] | None = None
    lives: Callable[[Fact], bool] | None = None
    told_by_one: bool = False

    def stream(self, key: object) -> str:
        """Return the stream of the thing *key*."""
        return f"{self.name}-{key}"

    def acts(self, fact: Fact) -> bool:
        """Tell whether people act on the thing by *fact*, if no source told it."""
        return self.lives is None or self.lives(fact)


AnyKind = Kind[Any, Any, Any]


class UnknownFact(Exception):
    """A stored name or version that this program does not know."""


class History:
    """How a service's facts are written and read. A name never changes; old versions are upcast step by step."""

    def __init__(
        self,
        *,
        service: str,
        kinds: tuple[AnyKind, ...],
        names: Mapping[str, type],
        upcasts: Mapping[str, list[Upcast]] | None = None,
        private: frozenset[str] = frozenset(),
    ) -> None:
        self.service = service
        self.kinds = {kind.name: kind for kind in kinds}
        self.names = dict(names)
        self.upcasts = dict(upcasts or {})
        self.private = private

    @cached_property
    def _named(self) -> dict[type, str]:
        return {shape: name for name, shape in self.names.items()}

    def name_of(self, fact: object) -> str:
        """Return the stored name of *fact*."""
        return self._named[type(fact)]

    def version_of(self, name: str) -> int:
        """Return the current schema version of *name*, counted from 1."""
        return len(self.upcasts.get(name, ())) + 1

    def write(self, fact: object) -> bytes:
        """Return *fact* as JSON; of texts that it confides, the digests."""
        return self.written(fact)[0]

    def written(self, fact: object) -> tuple[bytes, bytes | None]:
        """Return *fact* as JSON, and the texts that it confides, None when it confides none."""
        if not _confides(type(fact)):
            return msgspec.json.encode(fact), None
        texts: Texts = {}

        def confided(one: object) -> dict[str, str]:
            return _put(one, texts)

        data = msgspec.json.encode(fact, enc_hook=confided)
        return data, write_texts(texts) if texts else None

    def recall(self, one: Recorded) -> Any:
        """Return the fact that *one* holds, with the texts that rest beside it."""
        return self.read(one.name, one.schema, one.data, one.confided)

    def read(self, name: str, version: int, data: bytes, confided: bytes | None = None) -> Any:
        """Return the fact that *data* of schema *version* holds, upcast to today's shape.

        Raises:
            UnknownFact: the name is not known, or the version is newer than this program.
        """
        shape = self.names.get(name)
        if shape is None or not 1 <= version <= self.version_of(name):
            raise UnknownFact(f"{self.service} does not know {name} version {version}")
        steps = self.upcasts.get(name, [])[version - 1 :]
        if not steps and not _confides(shape):
            return msgspec.json.decode(data, type=shape)
        texts = read_texts(confided)

        def confiding(_: type, said: Any) -> Confided:
            return _taken(said, texts)

        if not steps:
            return msgspec.json.decode(data, type=shape, dec_hook=confiding)
        raw = cast("dict[str, Any]", msgspec.json.decode(data))
        for step in steps:
            raw = step(raw)
        return msgspec.convert(raw, type=shape, dec_hook=confiding)

    def published(self, name: str) -> bool:
        """Tell whether facts of this name leave the service."""
        return name not in self.private

    def kind_of(self, stream: str) -> AnyKind:
        """Return the kind of thing that *stream* is the life of."""
        return self.kinds[stream.split("-", 1)[0]]


@cache
def _confides(shape: type) -> bool:
    """Tell whether values of *shape* can hold a confided text: what others are written and read with costs time."""
    reached: set[type] = set()

    def reach(custom: type) -> dict[str, Any]:
        reached.add(custom)
        return {"type": "object"}

    msgspec.json.schema(shape, schema_hook=reach)
    return bool(reached)


def _put(one: object, texts: Texts) -> dict[str, str]:
    """Return what a fact holds of a confided text, and put the text into *texts*."""
    if not isinstance(one, Confided):
        raise TypeError(f"facts cannot hold {type(one).__name__}")
    if one.text is not None:
        texts[one.digest] = Told(salt=one.salt, text=one.text)
    return {"confided": one.digest}


def _taken(said: dict[str, str], texts: Texts) -> Confided:
    digest = said["confided"]
    told = texts.get(digest)
    if told is None:
        return Confided(digest=digest, text=said.get("text"))
    return Confided(digest=digest, salt=told.salt, text=told.text)


def agreement_of(fact: object) -> UUID | None:
    """Return the agreement that *fact* belongs to, if it names one."""
    return getattr(fact, "agreement_id", None)


def at_of(fact: Any) -> datetime:
    """Return when *fact* happened in the world."""
    return fact.at
