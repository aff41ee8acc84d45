"""What one service has taken in of another's facts: handled once, in order, or put to wait."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, cast

from asyncpg import Connection, Pool, Record

from common.eventstore.recorded import Context, Effect
from common.handling.types import Handle, Unit
from common.history import AnyKind
from common.messaging.envelope import Message, read
from common.messaging.keeping import Keeping, Kept
from common.messaging.leases import LeaseLost
from common.messaging.patience import BEHIND, Patience, failed, hopeless, passing
from common.messaging.reactions import Reaction
from common.messaging.shares import Held
from common.messaging.waiting import (
    JUST_PARKED,
    Changed,
    Letter,
    Waiting,
    failing,
    heads,
    just_parked,
    of_stream,
    putting,
    settling,
    try_unread_again,
)
from common.refusals import Unavailable
from common.telemetry.traces import SpanKind, traced
from common.values import Rule

_STREAMS_AT_ONCE = 50
_OF_EACH = 20
_LOOK_AGAIN = 0.5
_FIRST_RETRY = 0.05
_HEAD = "SELECT coalesce(max(position), 0) FROM events"


class Habits:
    """What facts of a name have been seen to change: things of our own with the same key as the fact's own stream.

    Things that they were seen to begin are as good as known: nothing had happened to them.
    """

    def __init__(self) -> None:
        self._changed: dict[str, dict[str, AnyKind]] = {}

    def note(self, letter: Letter, kind: AnyKind, key: object, *, began: bool) -> None:
        """Learn that *letter* changes the thing *key*, or *began* it."""
        if str(key) == _key(letter):
            changed = self._changed.setdefault(letter.name, {})
            if began:
                changed.pop(kind.name, None)
            else:
                changed[kind.name] = kind

    def likely(self, letters: Iterable[Letter]) -> Iterable[tuple[AnyKind, object]]:
        """Return the things that *letters* will likely change, so that they can be read all at once."""
        for letter in letters:
            for kind in self._changed.get(letter.name, {}).values():
                yield kind, _key(letter)


def _key(letter: Letter) -> str:
    return letter.stream.partition("-")[2]


class Inbox:
    """What we *held* of a source's facts. Not for two tasks at once.

    Effects, follow-up facts, waiting messages and how far it stands commit together, and only while it is ours.
    *on_moved* is called whenever ``position`` has moved. Passing by is written down after *soon* seconds at the latest;
    what is lost before, by a crash, is passed by again.
    """

    def __init__(
        self,
        held: Held,
        reactions: Iterable[Reaction[Any]],
        handle: Handle,
        pool: "Pool[Record]",
        patience: Patience,
        keepings: Iterable[Keeping[Any]] = (),
        *,
        on_moved: Callable[[], None] = lambda: None,
        soon: float = 0.0,
    ) -> None:
        self._held = held
        self._head = 0
        self._soon = soon
        self._on_moved = on_moved
        self._source = held.source
        self._reactions: dict[str, list[Reaction[Any]]] = {}
        for reaction in reactions:
            self._reactions.setdefault(reaction.name, []).append(reaction)
        self._keepings: dict[str, list[Keeping[Any]]] = {}
        for keeping in keepings:
            self._keepings.setdefault(keeping.name, []).append(keeping)
        self._heard = self._reactions.keys() | self._keepings.keys()
        self._handle = handle
        self._pool = pool
        self._patience = patience
        self._clock = asyncio.get_running_loop().time
        self._habits = Habits()
        self._blocked: set[str] = set()
        self._parked: dict[str, tuple[int, float]] = {}  # where each stream that began to wait did so, and when
        self._retry_at = 0.0
        self._unwritten: tuple[float, datetime | None] | None = None

    async def open(self) -> None:
        """Know what waits, also what the last holder has just put to; what it could not read is tried again."""
        await try_unread_again(self._pool, self._source)
        self._blocked = set(await self._heads())
        now, parked = self._clock(), await just_parked(self._pool, self._source)
        self._parked = {stream: (at, now - seconds) for stream, (at, seconds) in parked.items()}
        self._head = await self._pool.fetchval(_HEAD)

    @property
    def position(self) -> int:
        """Return up to where everything is taken in."""
        return self._held.position

    def made_of(self, position: int) -> int | None:
        """Return where our log ended when this inbox began, if the fact at *position* is taken in; None if not known.

        What others had made of facts stands up to there, what it made itself came after. Of what has just been put to
        wait, as it has come before another source's fact that it needs, nothing is known until it was tried again.
        """
        known = self.takes_in_all and position <= self._held.position and not self._waits_up_to(position)
        return self._head if known else None

    @property
    def takes_in_all(self) -> bool:
        """Tell whether all of the source's facts are ours."""
        return self._held.whole

    @property
    def retries(self) -> bool:
        """Tell whether something waits to be tried again."""
        return bool(self._blocked)

    @property
    def due_in(self) -> float | None:
        """Return the seconds until ``retry`` or ``write_down`` has something to do, None when neither has."""
        due = [self._retry_at] if self._blocked else []
        if self._unwritten is not None:
            due.append(self._unwritten[0] + self._soon)
        return max(0.0, min(due) - self._clock()) if due else None

    def hears(self, name: str, stream: str, position: int) -> bool:
        """Tell whether something may come of a fact of that *name*, and this one is ours and was not taken in."""
        return name in self._heard and self._held.awaits(stream, position)

    async def accept(
        self, letters: Sequence[Letter], read_at: datetime | None = None, *, there: int | None = None
    ) -> None:
        """Take in the next *letters*: each that is ours is handled or waits, and we stand past them.

        *read_at*: every later one came to NATS then or later, where that is known. *there*: where we stand then, if
        what comes after the last of them up to there is nothing that we hear; there must be letters if it is not told.

        Raises:
            LeaseLost: another holder is at work; nothing was done.
        """
        there = letters[-1].position if there is None else there
        try:
            await self._take_in(letters, there, read_at)
        except (LeaseLost, Unavailable):
            raise
        except Exception as error:
            if passing(error) or not letters:
                raise
            if len(letters) == 1:
                waits = putting(letters[0], failed(error, 1, self._patience))
                await self._write([self._held.standing_at(there, None), waits])
                self._stand_at(there, {letters[0].stream: letters[0].position})
            else:  # the commit itself failed: find whose doing it was
                for letter in letters:
                    await self.accept([letter])
                self._pass_by(there, None)

    def skip_to(self, position: int) -> None:
        """Move on to *position*, knowing that nothing published is before it."""
        self._pass_by(position, None)

    async def write_down(self) -> None:
        """Write down what was passed by a while ago, unless something that was written since has said so.

        Raises:
            LeaseLost: another holder is at work.
        """
        if self._unwritten is None or self._clock() < self._unwritten[0] + self._soon:
            return
        read_at, self._unwritten = self._unwritten[1], None
        await self._held.stand_soon(self._pool, self._held.position, read_at)

    async def bury(self, letter: Letter, error: Exception) -> None:
        """Keep *letter*, which is no fact, as a dead one, if it is ours to keep."""
        if not self._held.has(letter.stream):
            return
        await self._write([self._held.fence, putting(letter, hopeless(error))])
        self._blocked.add(letter.stream)

    async def retry(self) -> None:
        """Try again the waiting messages whose time has come, each stream's in order until one fails."""
        if not self._blocked or self._clock() < self._retry_at:
            return
        waits = await self._heads()
        due = [stream for stream, wait in waits.items() if wait is not None and wait <= 0][:_STREAMS_AT_ONCE]
        if due:
            with suppress(Changed):  # an operator was faster: look again
                await self._retry_streams(due)
            waits = await self._heads()
        self._blocked = set(waits)
        self._parked = {stream: parked for stream, parked in self._parked.items() if stream in waits}
        self._on_moved()
        self._retry_at = self._clock() + min([_LOOK_AGAIN, *(wait for wait in waits.values() if wait is not None)])

    async def _take_in(self, letters: Sequence[Letter], there: int, read_at: datetime | None) -> None:
        ours = [one for one in letters if self.hears(one.name, one.stream, one.position)]
        if not ours:
            self._pass_by(there, read_at)
            return
        blocked: dict[str, int] = {}
        came_to_nothing = False

        async def work(unit: Unit) -> None:
            nonlocal came_to_nothing
            blocked.clear()
            kept = Kept(self._keepings)
            for letter in ours:
                await self._take(unit, letter, blocked, kept)
            if came_to_nothing := unit.idle and not kept:
                return
            unit.before(
                self._held.standing_with(there, read_at, kept) if kept else self._held.standing_at(there, read_at)
            )

        await self._handle.together(work, likely=self._habits.likely(ours))
        if came_to_nothing:
            self._pass_by(there, read_at)
            return
        self._unwritten = None
        self._stand_at(there, blocked)

    def _pass_by(self, position: int, read_at: datetime | None) -> None:
        """Move on to *position*: nothing of what is before it concerns us, so that it can be written down later."""
        since, before = self._unwritten or (self._clock(), None)
        self._unwritten = (since, read_at or before)
        self._stand_at(position, {})

    async def _heads(self) -> dict[str, float | None]:
        waits = await heads(self._pool, self._source)
        return {stream: wait for stream, wait in waits.items() if self._held.has(stream)}

    async def _take(self, unit: Unit, letter: Letter, blocked: dict[str, int], kept: Kept) -> None:
        if letter.stream in self._blocked or letter.stream in blocked:
            unit.also(putting(letter, BEHIND))
            return
        try:
            await self._effect(unit, letter, kept)
        except Exception as error:
            if passing(error):
                raise
            unit.also(putting(letter, failed(error, 1, self._patience)))
            blocked[letter.stream] = letter.position

    async def _effect(self, unit: Unit, letter: Letter, kept: Kept) -> None:
        """Do what *letter* asks, or nothing and raise."""
        if letter.name not in self._reactions:
            kept.take(letter)
            return
        async with unit.attempt():
            await self._react(unit, letter)
            kept.take(letter)

    async def _react(self, unit: Unit, letter: Letter) -> None:
        due = [one for one in self._reactions[letter.name] if not _settled(one, letter, unit)]
        if not due:
            return
        message = read(letter.headers, letter.body)
        for reaction in due:
            with traced(f"react {reaction.name}", SpanKind.CONSUMER, message.trace) as work:
                context = _context(reaction, message, work.traceparent)
                for send in await reaction.react(reaction.read(message), unit.look):
                    await unit.handle(send.kind, send.key, send.command, context)
                    self._habits.note(letter, send.kind, send.key, began=unit.began(send.kind, send.key))

    async def _retry_streams(self, streams: Sequence[str], each: int = _OF_EACH) -> None:
        read = [await of_stream(self._pool, self._source, stream, each) for stream in streams]
        queues = [queue for queue in read if queue]

        async def work(unit: Unit) -> None:
            kept = Kept(self._keepings)
            for queue in queues:
                for waiting in queue:
                    if not await self._again(unit, waiting, kept):
                        break
            unit.before(self._held.keeping(kept) if kept else self._held.fence)

        try:
            await self._handle.together(work)
        except (LeaseLost, Changed, Unavailable):
            raise
        except Exception as error:
            if passing(error):
                raise
            await self._blame(queues, error)

    async def _blame(self, queues: Sequence[Sequence[Waiting]], error: Exception) -> None:
        """The commit itself failed: find whose doing it was, trying ever fewer messages."""
        if len(queues) > 1:
            for queue in queues:
                await self._retry_streams([queue[0].letter.stream])
        elif len(queues[0]) > 1:
            await self._retry_streams([queues[0][0].letter.stream], each=1)
        else:
            first = queues[0][0]
            await self._write([self._held.fence, failing(first, failed(error, first.attempts + 1, self._patience))])

    async def _again(self, unit: Unit, waiting: Waiting, kept: Kept) -> bool:
        try:
            await self._effect(unit, waiting.letter, kept)
            unit.also(settling(waiting))
        except Exception as error:
            if passing(error):
                raise
            unit.also(failing(waiting, failed(error, waiting.attempts + 1, self._patience)))
            return False
        return True

    async def _write(self, effects: Sequence[Effect]) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            for effect in effects:
                await effect(cast("Connection[Any]", connection))

    def _stand_at(self, position: int, blocked: Mapping[str, int]) -> None:
        if blocked:
            self._blocked |= blocked.keys()
            self._parked |= {stream: (at, self._clock()) for stream, at in blocked.items()}
            self._retry_at = min(self._retry_at, self._clock() + _FIRST_RETRY)
        self._held.stands_at(position)
        self._on_moved()

    def _waits_up_to(self, position: int) -> bool:
        """Tell whether a fact up to *position* has just been put to wait."""
        young = self._clock() - JUST_PARKED
        return any(at <= position and since > young for at, since in self._parked.values())


def _settled(reaction: Reaction[Any], letter: Letter, unit: Unit) -> bool:
    """Tell whether nothing comes of *letter*: known without reading all of it, or any thing afresh."""
    if reaction.settled is None:
        return False
    return reaction.settled(reaction.read_data(letter.schema, letter.body), unit.remembered)


def _context(reaction: Reaction[Any], message: Message, trace: str) -> Context:
    return Context(
        actor=Rule(rule=f"reaction:{reaction.name}"),
        correlation=message.correlation,
        causation=message.event_id,
        imported=message.imported,
        trace=trace,
    )
