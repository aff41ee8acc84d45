"""A service follows another's facts: shared out among its workers, each fact's effect once, a thing's in order."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from asyncpg import Pool, Record
from nats.aio.msg import Msg

from common.handling.types import Handle
from common.messaging.client import Came
from common.messaging.connection import Wire
from common.messaging.holding import first_of, keep_trying
from common.messaging.inbox import Inbox
from common.messaging.keeping import Keeping
from common.messaging.ordering import Missing, Ordering, Placed
from common.messaging.patience import Patience
from common.messaging.places import Place, Unreadable, place
from common.messaging.pulling import Pull, PullEnded, pulling
from common.messaging.reactions import NotUnderstood, Reaction, Send
from common.messaging.shares import Held, Shares
from common.messaging.waiting import Letter
from common.pacing import Calm, Gathering

__all__ = ["NotUnderstood", "Reaction", "Send", "Subscription"]

_log = structlog.get_logger(__name__)


_SURELY = timedelta(minutes=1)
"""How much earlier than known we begin to read, for clocks of a cluster's servers differ; what comes twice is known."""


class Reach:
    """How far a source is known to have come, and how far its facts are taken in here: also while nothing is heard."""

    def __init__(self) -> None:
        self.newest = 0
        self.stands = 0

    @property
    def behind(self) -> int:
        """Return how many positions of the source's log are known of and not taken in."""
        return max(0, self.newest - self.stands)


class Subscription:
    """Turns *source*'s facts into commands of *service*: our part of them, as ``Shares`` has it.

    At most *batch* messages are handled in one transaction; *ahead* are asked for before they are needed. *on_moved* is
    called whenever some were; passing by others is written down after *soon* seconds; in a *calm* nobody waits.
    """

    def __init__(
        self,
        source: str,
        reactions: Sequence[Reaction[Any]],
        handle: Handle,
        pool: "Pool[Record]",
        shares: Shares,
        wire: Wire,
        *,
        keepings: Sequence[Keeping[Any]] = (),
        patience: Patience | None = None,
        batch: int = 300,
        ahead: int = 1_000,
        on_moved: Callable[[], None] = lambda: None,
        soon: float = 0.0,
        calm: Calm | None = None,
    ) -> None:
        self.source = source
        self._reactions = reactions
        self._keepings = keepings
        self._handle = handle
        self._pool = pool
        self._shares = shares
        self._wire = wire
        self._patience = patience or Patience()
        self._batch = batch
        self._ahead = ahead
        self._on_moved = on_moved
        self._soon = soon
        self._calm = calm
        self._inbox: Inbox | None = None
        self._reach = Reach()
        self.active = False

    @property
    def behind(self) -> int:
        """Return how many positions of the source's log are known of here and not taken in, where all of it is ours."""
        return self._reach.behind

    @property
    def takes_in_all(self) -> bool:
        """Tell whether all of the source's facts are ours, and we follow."""
        return self._inbox is not None and self._inbox.takes_in_all

    async def run(self) -> None:
        """Follow whenever a part can be had, until cancelled."""
        await keep_trying(f"following {self.source}", self._once, rest=self._shares.lasts / 4)

    def made_of(self, position: int) -> int | None:
        """Return where our log ended before we made anything, if *position* is taken in; None if not known."""
        return None if self._inbox is None else self._inbox.made_of(position)

    async def _once(self) -> bool:
        """Return whether there was a part for us; when there was, following has ended."""
        held = await self._shares.take()
        if not held:
            self._reach = Reach()  # others have it all, and know how far they are
            return False
        try:
            while held:
                await first_of(self._follow(Held(self.source, held)), self._shares.keep(held))
                held = await self._shares.take(held)
        finally:
            with suppress(Exception):  # if this cannot be said, our part runs out by itself
                await asyncio.shield(self._shares.release(held))
        return True

    async def _follow(self, held: Held) -> None:
        inbox = Inbox(
            held, self._reactions, self._handle, self._pool, self._patience, self._keepings,
            on_moved=self._on_moved, soon=self._soon,
        )  # fmt: skip
        await inbox.open()
        since = None if held.read_at is None else held.read_at - _SURELY
        subject = f"acuerdo.*.{self.source}.>"
        async with pulling(self._wire, subject, since, ahead=self._ahead, lasts=self._shares.lasts / 2) as pull:
            self._reach.stands = max(inbox.position, self._reach.stands)
            following = _Following(self.source, inbox, pull, self._wire, self._batch, self._reach, self._calm)
            async with self._wire.heard(f"acuerdo.reached.{self.source}", following.hear_reached):
                self.active, self._inbox = True, inbox
                try:
                    await following.follow()
                finally:
                    self.active, self._inbox = False, None


class _Following:
    """One part held: messages sorted and handed to the inbox, which keeps account of them."""

    def __init__(
        self, source: str, inbox: Inbox, pull: Pull, wire: Wire, batch: int, reach: Reach, calm: Calm | None
    ) -> None:
        self._source = source
        self._inbox = inbox
        self._pull = pull
        self._wire = wire
        self._batch = batch
        self._reach = reach
        self._calm = calm
        self._order: Ordering[Letter | None] = Ordering()
        self._left_out = False
        self._missing = Missing()
        self._reached = (0, 0)
        self._clock = asyncio.get_running_loop().time

    async def hear_reached(self, message: Msg) -> None:
        """The source says up to where its log has gone, and where its last published fact is."""
        position, _, last_published = message.data.decode(errors="replace").partition(" ")
        if position.isdecimal() and last_published.isdecimal():
            self._reached = (int(position), int(last_published))
            self._reach.newest = max(self._reach.newest, int(position))
            self._pull.stirred.set()

    async def follow(self) -> None:
        """Take in what comes, until something fails."""
        more, gathering = False, Gathering(calm=self._calm)
        while True:
            await self._inbox.retry()
            await self._inbox.write_down()
            await self._pull.wait(0 if more else self._at_most())
            await gathering.turn(soon=self._inbox.retries)
            here = self._inbox.position
            for came in self._pull.take(self._batch):
                await self._sort(came, here)
            ready = self._order.take(here, self._batch)
            if ready:
                letters = [placed.what for placed in ready if placed.what is not None]
                await self._inbox.accept(letters, self._all_before(), there=ready[-1].position)
            more = len(ready) == self._batch
            if not more:
                await self._mind_gaps()
                gathering.rest()
            self._reach.stands = self._inbox.position

    def _all_before(self) -> datetime | None:
        """Return when the last message came to NATS, if nothing of those before it is still to be taken in."""
        return None if len(self._order) or self._left_out else self._pull.last_at

    def _at_most(self) -> float:
        due_in = self._inbox.due_in
        return 1.0 if due_in is None else min(1.0, due_in)

    async def _sort(self, came: Came, here: int) -> None:
        try:
            where = place(came.block)
        except Unreadable as error:
            await self._bury(came, error)
            return
        if where.position > here:
            self._reach.newest = max(self._reach.newest, where.position)
            heard = self._inbox.hears(where.name, where.stream, where.position)
            self._order.put(Placed(where.position, where.previous, _letter(where, came) if heard else None))

    async def _mind_gaps(self) -> None:
        """Move past what is private at the source; ask for what was lost; leave out what there is no room for.

        Nothing is missing as long as there is more to read: what was published again is further on in the stream.
        """
        self._left_out = bool(self._order.overflow()) or self._left_out
        position, last_published = self._reached
        here = self._inbox.position
        if last_published <= here < position:
            self._inbox.skip_to(position)
        missing = self._pull.at_end and (len(self._order) > 0 or last_published > here)
        if self._missing.due(self._inbox.position, self._clock(), missing=missing):
            if self._left_out:
                raise PullEnded("some was left out for want of room; reading it again")
            _log.warning("facts are missing; asking for them", source=self._source, after=here)
            await self._wire.tell(f"acuerdo.wanted.{self._source}", str(here).encode())

    async def _bury(self, came: Came, error: Unreadable) -> None:
        """Keep what is no fact of ours as a dead letter."""
        subject = came.subject.decode(errors="replace")
        _log.warning("a message cannot be read", subject=subject, error=str(error))
        letter = Letter(
            id=uuid5(NAMESPACE_URL, f"{subject}#{came.metadata.sequence.stream}"),
            source=self._source,
            stream=subject,
            position=0,
            name=subject.rsplit(".", 1)[-1],
            headers=came.headers,
            body=came.data,
        )
        await self._inbox.bury(letter, error)


def _letter(where: Place, came: Came) -> Letter:
    return Letter(
        id=UUID(where.event_id),
        source=where.source,
        stream=where.stream,
        position=where.position,
        name=where.name,
        headers=came.headers,
        body=came.data,
    )
