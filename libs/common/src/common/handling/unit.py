"""Several commands that become true together: each decides upon what those before it would leave."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from common.deciders import Command, Fact, State
from common.eventstore.recorded import Append, Appended, Context, Effect, NewFact, size_of
from common.handling.cache import Standing, folded, standing_at
from common.handling.telling import Course, course, decided
from common.handling.types import Folded
from common.history import AnyKind, Kind
from common.refusals import Refusal
from common.values import value

if TYPE_CHECKING:
    from common.handling.handling import Handling


@value
class Pending:
    """One stream in a unit: how it stood, how it would stand, and the facts between."""

    kind: Kind[Any, Any, Any]
    stood: Standing[Any]
    stands: Course[Any]
    facts: tuple[NewFact, ...]


class PendingUnit:
    """A unit of work upon a ``Handling``; nothing is true before it is committed."""

    def __init__(self, handling: "Handling", read: Mapping[str, tuple[AnyKind, Standing[Any]]]) -> None:
        self._handling = handling
        self._pending = {
            stream: Pending(kind=kind, stood=stood, stands=stood, facts=()) for stream, (kind, stood) in read.items()
        }
        self.effects: list[Effect] = []

    async def handle(self, kind: Kind[Any, Any, Any], key: object, command: Any, context: Context) -> Sequence[Any]:
        """Decide on *command* upon this unit's own pending facts; return its facts. Raises the refusal."""
        stream = kind.stream(key)
        pending, facts = await self._decide(kind, stream, command, context)
        if facts:
            self._pending[stream] = Pending(
                kind=kind,
                stood=pending.stood,
                stands=course(kind, pending.stands, ((fact, context) for fact in facts)),
                facts=pending.facts + tuple(self._handling.fresh(fact, context) for fact in facts),
            )
        return facts

    async def look(self, kind: Kind[State, Command, Fact], key: object) -> Folded[State]:
        """Return the thing as this unit would leave it."""
        pending = await self._of(kind, kind.stream(key))
        return folded(pending.stands, pending.stood.version + len(pending.facts))

    def remembered(self, kind: Kind[State, Command, Fact], key: object) -> State:
        """Return the thing as this unit would leave what this process last saw of it; as untouched if it never did."""
        stream = kind.stream(key)
        pending = self._pending.get(stream)
        return self._handling.known(kind, stream).state if pending is None else pending.stands.state

    def began(self, kind: Kind[Any, Any, Any], key: object) -> bool:
        """Tell whether nothing had happened to the thing *key* before this unit changed it."""
        pending = self._pending.get(kind.stream(key))
        return pending is not None and pending.stood.version == 0 and bool(pending.facts)

    @property
    def idle(self) -> bool:
        """Tell whether nothing is to be committed so far."""
        return not self.effects and not self._changed()

    def also(self, effect: Effect) -> None:
        """Write *effect* in the same transaction."""
        self.effects.append(effect)

    def before(self, effect: Effect) -> None:
        """Write *effect* in the same transaction, before all others so far."""
        self.effects.insert(0, effect)

    @asynccontextmanager
    async def attempt(self) -> AsyncGenerator[None]:
        """Drop what is put into the unit inside the block if the block raises."""
        pending, effects = dict(self._pending), list(self.effects)
        try:
            yield
        except BaseException:
            self._pending, self.effects = pending, effects
            raise

    def streams(self) -> dict[str, AnyKind]:
        """Return the streams this unit has looked at, and what kind of thing each is the life of."""
        return {stream: one.kind for stream, one in self._pending.items()}

    def appends(self) -> list[Append]:
        """Return what is to be appended: one append for each stream with facts."""
        return [
            Append(
                stream=stream,
                expected=one.stood.version,
                previous=one.stood.hash,
                facts=one.facts,
                due=one.kind.due(one.stands.state) if one.kind.due else None,
                moves_due=one.kind.due is not None,
            )
            for stream, one in self._changed()
        ]

    def leaves(self, appended: Sequence[Appended]) -> Iterable[tuple[str, Standing[Any]]]:
        """Return how each changed stream stands after the commit."""
        for (stream, one), stands in zip(self._changed(), appended, strict=True):
            size = one.stood.size + sum(map(size_of, one.facts))
            yield stream, standing_at(one.stands, stands.version, stands.hash, size)

    def _changed(self) -> list[tuple[str, Pending]]:
        return [(stream, one) for stream, one in self._pending.items() if one.facts]

    async def _decide(
        self, kind: Kind[Any, Any, Any], stream: str, command: Any, context: Context
    ) -> tuple[Pending, list[Any]]:
        """Decide on what is remembered, which the append checks; a refusal or a silence rests on what is read afresh.

        Where facts of this unit are pending upon what is remembered, the append checks the refusal too: were it
        outdated, the whole unit would be done again.
        """
        pending = self._pending.get(stream)
        if pending is not None:
            return pending, decided(kind, pending.stands, command, context)
        stood = self._handling.known(kind, stream)
        try:
            facts = decided(kind, stood, command, context)
        except Refusal:
            facts = []
        if facts:
            return Pending(kind=kind, stood=stood, stands=stood, facts=()), facts
        pending = await self._of(kind, stream)
        return pending, decided(kind, pending.stands, command, context)

    async def _of(self, kind: Kind[Any, Any, Any], stream: str) -> Pending:
        pending = self._pending.get(stream)
        if pending is None:
            stood = await self._handling.standing(kind, stream)
            pending = self._pending[stream] = Pending(kind=kind, stood=stood, stands=stood, facts=())
        return pending
