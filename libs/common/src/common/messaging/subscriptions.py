"""A service follows another's facts: one active holder per source, each fact's effect once, in order."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import structlog
from asyncpg import Pool, Record
from nats.aio.msg import Msg

from common.handling.types import Handle
from common.messaging.connection import OUT_OF_REACH, Wire
from common.messaging.envelope import Place, Unreadable, place
from common.messaging.holding import keep_holding
from common.messaging.inbox import Inbox, inbox_name
from common.messaging.keeping import Keeping
from common.messaging.leases import Lease, Leases
from common.messaging.ordering import Missing, Ordering, Placed
from common.messaging.patience import Patience
from common.messaging.pulling import Pull, pulling
from common.messaging.reactions import NotUnderstood, Reaction, Send
from common.messaging.waiting import Letter
from common.pacing import Gathering
from common.values import value

__all__ = ["NotUnderstood", "Reaction", "Send", "Subscription"]

_log = structlog.get_logger(__name__)


@value
class Arrived:
    """A message as NATS brought it and as it is kept."""

    wire: Msg
    letter: Letter


class Subscription:
    """Turns *source*'s facts into commands of *service* while it holds the lease.

    At most *batch* messages are handled in one transaction; *ahead* are asked for before they are needed.
    """

    def __init__(
        self,
        service: str,
        source: str,
        reactions: Sequence[Reaction[Any]],
        handle: Handle,
        pool: "Pool[Record]",
        leases: Leases,
        wire: Wire,
        *,
        keepings: Sequence[Keeping[Any]] = (),
        patience: Patience | None = None,
        batch: int = 100,
        ahead: int = 1_000,
    ) -> None:
        self.source = source
        self._durable = f"{service}-from-{source}"
        self._reactions = reactions
        self._keepings = keepings
        self._handle = handle
        self._pool = pool
        self._leases = leases
        self._wire = wire
        self._patience = patience or Patience()
        self._batch = batch
        self._ahead = ahead
        self.active = False

    async def run(self) -> None:
        """Follow whenever the lease can be held, until cancelled."""
        await keep_holding(self._leases, inbox_name(self.source), self._follow)

    async def _follow(self, lease: Lease) -> None:
        inbox = Inbox(self.source, self._reactions, self._handle, self._pool, lease, self._patience, self._keepings)
        await inbox.open()
        subject = f"acuerdo.*.{self.source}.>"
        lasts = self._leases.lasts / 2
        async with pulling(self._wire, self._durable, subject, ahead=self._ahead, lasts=lasts) as pull:
            following = _Following(self.source, inbox, pull, self._wire, self._batch)
            async with self._wire.heard(f"acuerdo.reached.{self.source}", following.hear_reached):
                self.active = True
                try:
                    await following.follow()
                finally:
                    self.active = False


class _Following:
    """One holding of the lease: messages sorted, handed to the inbox, acknowledged after the commit."""

    def __init__(self, source: str, inbox: Inbox, pull: Pull, wire: Wire, batch: int) -> None:
        self._source = source
        self._inbox = inbox
        self._pull = pull
        self._wire = wire
        self._batch = batch
        self._order: Ordering[Arrived] = Ordering()
        self._missing = Missing()
        self._reached = (0, 0)
        self._clock = asyncio.get_running_loop().time

    async def hear_reached(self, message: Msg) -> None:
        """The source says up to where its log has gone, and where its last published fact is."""
        position, _, last_published = message.data.decode(errors="replace").partition(" ")
        if position.isdecimal() and last_published.isdecimal():
            self._reached = (int(position), int(last_published))
            self._pull.stirred.set()

    async def follow(self) -> None:
        """Take in what comes, until something fails."""
        more, gathering = False, Gathering()
        while True:
            await self._inbox.retry()
            await self._pull.wait(0 if more else self._at_most())
            await gathering.turn()
            for wire in self._pull.take(self._batch):
                await self._sort(wire)
            ready = self._order.take(self._inbox.position, self._batch)
            if ready:
                await self._take_in([placed.what for placed in ready])
            more = len(ready) == self._batch
            if not more:
                await self._mind_gaps()

    def _at_most(self) -> float:
        retry_in = self._inbox.retry_in
        return 1.0 if retry_in is None else min(1.0, retry_in)

    async def _sort(self, wire: Msg) -> None:
        try:
            where = place(wire.headers)
        except Unreadable as error:
            await self._bury(wire, error)
            return
        if where.position <= self._inbox.position:
            await _settle(wire.ack())
            return
        arrived = Arrived(wire=wire, letter=_letter(where, wire))
        self._order.put(Placed(position=where.position, previous=where.previous, what=arrived))

    async def _take_in(self, arrived: Sequence[Arrived]) -> None:
        await self._inbox.accept([one.letter for one in arrived])
        for one in arrived:
            await _settle(one.wire.ack())

    async def _mind_gaps(self) -> None:
        """Move past what is private at the source; ask for what was lost; give back what there is no room for."""
        for placed in self._order.overflow():
            await _settle(placed.what.wire.nak(delay=5))
        position, last_published = self._reached
        here = self._inbox.position
        if last_published <= here < position:
            await self._inbox.skip_to(position)
        missing = len(self._order) > 0 or last_published > here
        if self._missing.due(self._inbox.position, self._clock(), missing=missing):
            _log.warning("facts are missing; asking for them", source=self._source, after=here)
            await self._wire.tell(f"acuerdo.wanted.{self._source}", str(here).encode())

    async def _bury(self, wire: Msg, error: Unreadable) -> None:
        """Keep what is no fact of ours as a dead letter, and never see it again."""
        _log.warning("a message cannot be read", subject=wire.subject, error=str(error))
        letter = Letter(
            id=uuid5(NAMESPACE_URL, f"{wire.subject}#{wire.metadata.sequence.stream}"),
            source=self._source,
            stream=wire.subject,
            position=0,
            name=wire.subject.rsplit(".", 1)[-1],
            headers=dict(wire.headers or {}),
            body=wire.data,
        )
        await self._inbox.bury(letter, error)
        await _settle(wire.term())


def _letter(where: Place, wire: Msg) -> Letter:
    return Letter(
        id=where.event_id,
        source=where.source,
        stream=where.stream,
        position=where.position,
        name=where.name,
        headers=wire.headers or {},
        body=wire.data,
    )


async def _settle(telling: Awaitable[None]) -> None:
    """Tell NATS what became of a message; unheard, it comes again and is known by its position."""
    try:
        await telling
    except OUT_OF_REACH:
        return
