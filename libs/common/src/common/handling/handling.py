"""Read, fold, decide, append with the version read; again when someone else was faster."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

import structlog

from common.deciders import Command, Fact, State
from common.eventstore.chain import BEGINNING
from common.eventstore.recorded import Append, Appended, Context, NewFact, Once, Stale, Store, size_of
from common.handling.cache import Locks, Standing, States, folded, standing_at
from common.handling.telling import Course, course, decided
from common.handling.types import Folded, Handled, Unit
from common.handling.unit import PendingUnit
from common.history import AnyKind, History, Kind, agreement_of, at_of
from common.refusals import Conflict, Invalid, Refusal, StaleVersion
from common.values import replace

_log = structlog.get_logger(__name__)

LARGEST_FACT = 960 * 1024
"""Bytes: with its headers it fits into the 1 MiB that a NATS server takes unless told otherwise."""

_TRIES = 20
_LATELY = 60.0  # seconds


class TooContended(Conflict):
    """Others kept changing this at the same moment; try again."""


class FactTooLarge(Invalid):
    """A fact of what was asked would be too large to be told to the other services."""


class Handling:
    """The one way in to a service's facts; see ``common.handling.types.Handle`` for what each method promises.

    *alone*: no other process writes to the service's store, so that what is remembered need not be read again. Every
    commit has to be told by ``committed``; whoever finds that another process writes all the same says so by ``doubt``.
    """

    def __init__(
        self,
        store: Store,
        history: History,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
        cached: int = 20_000,
        alone: bool = False,
    ) -> None:
        self.store = store
        self.history = history
        self.clock = clock
        self.new_id = new_id
        self._states = States(cached, surely=alone)
        self._alone = alone
        self._locks = Locks()
        self._changed_elsewhere: dict[str, float] = {}

    async def __call__(
        self,
        kind: Kind[State, Command, Fact],
        key: object,
        command: Command,
        *,
        context: Context,
        expected: int | None = None,
        once: Once | None = None,
    ) -> Handled[State, Fact]:
        """Bring about what *command* asks. Raises its refusal, or ``StaleVersion`` when *expected* no longer holds."""
        stream = kind.stream(key)
        async with self._locks.of(stream):
            for attempt in range(_TRIES):
                try:
                    known = self._states.get(stream)
                    if known is None and attempt == 0:
                        known = _unheard_of(kind)  # what is new needs no reading; the append finds out if it is not
                    return await self._once(kind, stream, command, context, expected, once, known)
                except Stale:
                    self._states.forget(stream)
                except BaseException:
                    self._states.forget(stream)  # whether it stands is not known to this cache
                    raise
        raise TooContended

    async def batch(
        self, kind: Kind[State, Command, Fact], key: object, commands: Sequence[tuple[Command, Context, Once | None]]
    ) -> Sequence[Handled[State, Fact] | Refusal]:
        """Handle commands of one thing in order with one append; each has its own outcome."""
        stream = kind.stream(key)
        async with self._locks.of(stream):
            for attempt in range(_TRIES):
                standing = self.known(kind, stream)
                facts, onces, outcomes, left = self._in_turn(kind, standing, commands)
                if attempt or not all(_changes(one) for one in outcomes):  # the append does not check the others
                    standing = await self.standing(kind, stream)
                    facts, onces, outcomes, left = self._in_turn(kind, standing, commands)
                try:
                    stands = await self._append(kind, stream, standing, facts, onces, left)
                except Stale:
                    self._states.forget(stream)
                    continue
                except BaseException:
                    self._states.forget(stream)
                    raise
                return [_placed(one, stands) for one in outcomes]
        raise TooContended

    async def look(self, kind: Kind[State, Command, Fact], key: object) -> Folded[State]:
        """Return the thing *key* as it stands."""
        standing = await self.standing(kind, kind.stream(key))
        return folded(standing, standing.version)

    async def as_of(self, kind: Kind[State, Command, Fact], key: object, moment: datetime) -> Folded[State]:
        """Return the thing *key* as it was recorded at *moment*."""
        recorded = await self.store.read(kind.stream(key), until=moment)
        facts = [(self.history.recall(one), one) for one in recorded]
        stood = course(kind, _unheard_of(kind), facts)
        return folded(stood, len(facts))

    async def remembered(self, kind: Kind[State, Command, Fact], key: object) -> Folded[State]:
        """Return the thing as this process last saw it, read only when it never did: for what hardly ever changes."""
        stream = kind.stream(key)
        standing = self._states.get(stream)
        if standing is None or standing.version == 0:
            standing = await self.standing(kind, stream)
        return folded(standing, standing.version)

    async def together(
        self, work: Callable[[Unit], Awaitable[None]], *, likely: Iterable[tuple[AnyKind, object]] = ()
    ) -> int:
        """Run *work* and commit all it put into its unit at once; run again when someone else was faster.

        Things that it will *likely* look at are read beforehand, all at once: those of which nothing is known here, and
        those of a kind that others have lately changed meanwhile. The append finds out where what is known is outdated.
        """
        touched = {stream: kind for kind, key in likely if self._may_differ(kind, stream := kind.stream(key))}
        for attempt in range(_TRIES):
            unit = PendingUnit(self, await self._standings(touched))
            await work(unit)
            try:
                appended = await self.store.append_together(unit.appends(), unit.effects)
            except Stale as stale:
                touched |= unit.streams()
                self._note_change(touched.get(stale.stream))
                if attempt or self._alone:  # what is known is no part of what stands, as after a restored backup
                    self._states.forget_all(touched)
                continue
            except BaseException:
                self._states.forget_all(unit.streams())
                raise
            for stream, standing in unit.leaves(appended):
                self._states.keep(stream, standing)
            return max((one.position for one in appended), default=0)
        raise TooContended

    def _may_differ(self, kind: AnyKind, stream: str) -> bool:
        """Tell whether *stream* may well stand elsewhere than where this process last saw it."""
        return self._states.get(stream) is None or monotonic() < self._changed_elsewhere.get(kind.name, 0.0)

    def _note_change(self, kind: AnyKind | None) -> None:
        """Learn that another process changes things of *kind* too."""
        if kind is not None:
            self._changed_elsewhere[kind.name] = monotonic() + _LATELY

    async def _standings(self, streams: Mapping[str, AnyKind]) -> dict[str, tuple[AnyKind, Standing[Any]]]:
        """Return how each of *streams* stands now; the store reads them together."""
        stood = await asyncio.gather(*(self.standing(kind, stream) for stream, kind in streams.items()))
        return {stream: (kind, standing) for (stream, kind), standing in zip(streams.items(), stood, strict=True)}

    def known(self, kind: Kind[State, Command, Fact], stream: str) -> Standing[State]:
        """Return how *stream* stood when this process last saw it; as untouched if it never did."""
        return self._states.get(stream) or _unheard_of(kind)

    async def standing(self, kind: Kind[State, Command, Fact], stream: str) -> Standing[State]:
        """Return how *stream* stands now: what is cached, brought up to date."""
        if self._alone and (remembered := self._states.get(stream)) is not None:
            return remembered
        known = self.known(kind, stream)
        recorded = await self.store.read(stream, after=known.version)
        if not recorded:
            return known
        meanwhile = self.known(kind, stream)
        if meanwhile.version >= recorded[-1].version:  # who asked in the same moment has folded the same
            return meanwhile
        facts = ((self.history.recall(one), one) for one in recorded)
        size = known.size + sum(map(size_of, recorded))
        fresh = standing_at(course(kind, known, facts), recorded[-1].version, recorded[-1].hash, size)
        self._states.keep(stream, fresh)
        return fresh

    def committed(self, stream: str, version: int) -> None:
        """Learn that *stream* stands at *version* or further."""
        self._states.outdate(stream, version)

    def lost(self, stream: str) -> None:
        """Learn that it is not known whether what was to be appended to *stream* was."""
        self._states.forget(stream)

    def doubt(self) -> None:
        """Learn that this process is not alone: from now on it reads how things stand."""
        if self._alone:
            _log.warning("another process works on this database too: what is remembered is trusted no longer")
            self._alone = False

    def fresh(self, fact: Any, context: Context) -> NewFact:
        """Return *fact* on its way into the store. Raises ``FactTooLarge``."""
        name = self.history.name_of(fact)
        data, confided = self.history.written(fact)
        if len(data) > LARGEST_FACT:
            raise FactTooLarge(fact=name, bytes=len(data), most=LARGEST_FACT)
        return NewFact(
            event_id=self.new_id(),
            name=name,
            schema=self.history.version_of(name),
            data=data,
            at=at_of(fact),
            recorded_at=self.clock(),
            agreement_id=agreement_of(fact),
            published=self.history.published(name),
            context=context,
            confided=confided,
        )

    async def _once(
        self,
        kind: Kind[State, Command, Fact],
        stream: str,
        command: Command,
        context: Context,
        expected: int | None,
        once: Once | None,
        cached: Standing[State] | None,
    ) -> Handled[State, Fact]:
        standing, facts = await self._decide(kind, stream, cached, command, context, expected)
        if not facts and once is None:
            return Handled(facts=(), state=standing.state, version=standing.version, position=0)
        stands = course(kind, standing, ((fact, context) for fact in facts))
        outcomes: list[Handled[State, Fact] | Refusal] = [
            Handled(facts=tuple(facts), state=stands.state, version=standing.version + len(facts), position=0)
        ]
        onces = () if once is None else (_told(once, stands.state),)
        appended = await self._append(kind, stream, standing, [(fact, context) for fact in facts], onces, stands)
        handled = _placed(outcomes[0], appended)
        assert isinstance(handled, Handled)  # noqa: S101 - it was put there above
        return handled

    async def _decide(
        self,
        kind: Kind[State, Command, Fact],
        stream: str,
        cached: Standing[State] | None,
        command: Command,
        context: Context,
        expected: int | None,
    ) -> tuple[Standing[State], list[Fact]]:
        """Decide on the cached state, which the append checks; a refusal or a silence rests on what is read afresh."""
        if cached is not None and (expected is None or expected == cached.version):
            try:
                facts = decided(kind, cached, command, context)
            except Refusal:
                facts = []
            if facts:
                return cached, facts
        standing = await self.standing(kind, stream)
        if expected is not None and expected != standing.version:
            raise StaleVersion(f"it is at version {standing.version}", version=standing.version)
        return standing, decided(kind, standing, command, context)

    def _in_turn(
        self,
        kind: Kind[State, Command, Fact],
        standing: Standing[State],
        commands: Sequence[tuple[Command, Context, Once | None]],
    ) -> tuple[list[tuple[Fact, Context]], list[Once], list[Handled[State, Fact] | Refusal], Course[State]]:
        facts: list[tuple[Fact, Context]] = []
        onces: list[Once] = []
        outcomes: list[Handled[State, Fact] | Refusal] = []
        stands: Course[State] = standing
        version = standing.version
        for command, context, once in commands:
            try:
                brought = decided(kind, stands, command, context)
            except Refusal as refusal:
                outcomes.append(refusal)
                continue
            stands = course(kind, stands, ((fact, context) for fact in brought))
            version += len(brought)
            facts.extend((fact, context) for fact in brought)
            outcomes.append(Handled(facts=tuple(brought), state=stands.state, version=version, position=0))
            if once is not None:
                onces.append(_at_version(once, version))
        return facts, onces, outcomes, stands

    async def _append(
        self,
        kind: Kind[State, Command, Fact],
        stream: str,
        standing: Standing[State],
        facts: Sequence[tuple[Fact, Context]],
        onces: Sequence[Once],
        left: Course[State],
    ) -> Appended:
        if not facts and not onces:
            return Appended(version=standing.version, hash=standing.hash, position=0)
        new = tuple(self.fresh(fact, context) for fact, context in facts)
        appended = await self.store.append(
            Append(
                stream=stream,
                expected=standing.version,
                previous=standing.hash,
                facts=new,
                onces=tuple(onces),
                due=kind.due(left.state) if kind.due else None,
                moves_due=kind.due is not None and bool(facts),
            )
        )
        size = standing.size + sum(map(size_of, new))
        self._states.keep(stream, standing_at(left, appended.version, appended.hash, size))
        return appended


def _unheard_of(kind: Kind[State, Command, Fact]) -> Standing[State]:
    """Return how a thing stands that nothing has happened to."""
    return Standing(state=kind.decider.initial, told=None, begun=None, version=0, hash=BEGINNING, size=0)


def _changes(outcome: "Handled[State, Fact] | Refusal") -> bool:
    return isinstance(outcome, Handled) and bool(outcome.facts)


def _told(once: Once, state: object) -> Once:
    return once if once.tells is None else replace(once, answer=once.tells(state), tells=None)


def _at_version(once: Once, version: int) -> Once:
    return replace(once, version=version)


def _placed(outcome: "Handled[State, Fact] | Refusal", stands: Appended) -> "Handled[State, Fact] | Refusal":
    """Give *outcome* the position of its last fact, counted back from the append's last."""
    if isinstance(outcome, Refusal) or not outcome.facts:
        return outcome
    return Handled(
        facts=outcome.facts,
        state=outcome.state,
        version=outcome.version,
        position=stands.position - (stands.version - outcome.version),
    )
