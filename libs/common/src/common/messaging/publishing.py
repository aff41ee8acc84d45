"""One holder's work as relay: what it read, what it sent, and how far the acknowledgements have come."""

import asyncio

import structlog
from asyncpg import Pool, Record
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from common.eventstore.recorded import Log, Recorded
from common.messaging.acknowledging import Ack, Acknowledging
from common.messaging.connection import Disconnected, Wire
from common.messaging.envelope import block, subject
from common.messaging.leases import Lease, checkpoint, move_soon
from common.messaging.stream import End, end_of, has
from common.pacing import Gathering
from common.telemetry.traces import SpanKind, begun
from common.values import value

_log = structlog.get_logger(__name__)

RELAY = "relay"
_MOMENT, _LATER = 0.03, 0.25  # seconds; were the process to end meanwhile, facts of so long would be published again
_PRODUCER = SpanKind.PRODUCER  # looking an enum's member up takes longer than finding that nothing is exported
_LAST_PUBLISHED = "SELECT position FROM events WHERE published AND position <= $1 ORDER BY position DESC LIMIT 1"


@value
class Pace:
    """How fast a relay goes.

    ``batch`` facts are read at once, ``window`` may wait for their acknowledgement, each for ``patience`` seconds; the
    log is looked at after ``poll`` seconds without being woken, the stream's end after ``look_back`` seconds.
    """

    batch: int = 500
    window: int = 2_000
    patience: float = 5.0
    poll: float = 1.0
    look_back: float = 5.0


@value
class Sent:
    """A fact read from the log, published after the one at ``previous`` if it leaves the service."""

    fact: Recorded
    previous: int
    acknowledged: "asyncio.Future[Ack] | None"


class Publishing:
    """Publishes a service's facts from the checkpoint on, under one *lease*, over one connection."""

    def __init__(
        self,
        service: str,
        log: Log,
        pool: "Pool[Record]",
        wire: Wire,
        lease: Lease,
        jetstream: JetStreamContext,
        publisher: Acknowledging,
        woken: asyncio.Event,
        pace: Pace,
    ) -> None:
        self._service = service
        self._log = log
        self._pool = pool
        self._wire = wire
        self._generation = wire.generation
        self._lease = lease
        self._jetstream = jetstream
        self._publisher = publisher
        self._woken = woken
        self._pace = pace
        self._sent: asyncio.Queue[Sent] = asyncio.Queue(pace.window)
        self._wanted: int | None = None
        self._read = 0
        self._last_published = 0
        self._end: End | None = None
        self._looked_back = asyncio.get_running_loop().time()
        self._writing = asyncio.Lock()
        self.position = self._written = 0

    async def hear_wanted(self, message: Msg) -> None:
        """A subscriber says after which position it misses a fact."""
        said = message.data.decode(errors="replace")
        if not said.isdecimal():
            return
        wanted = int(said)
        self._wanted = wanted if self._wanted is None else min(self._wanted, wanted)
        self._woken.set()

    async def begin(self) -> None:
        """Stand at the checkpoint, or where the stream ends if it has lost what was published before."""
        self.position = self._written = await checkpoint(self._pool, RELAY)
        await self._stand_at(self.position)
        await self._look_back()

    async def send(self) -> None:
        """Send every fact of the log in order as it comes, until something fails."""
        gathering = Gathering()
        while True:
            await gathering.turn()
            self._woken.clear()
            if self._wanted is not None:
                await self._go_back_for_wanted()
            await self._look_back_now_and_then()
            facts = await self._log.read_log(after=self._read, limit=self._pace.batch)
            for fact in facts:
                await self._sent.put(await self._send(fact))
            if facts:
                self._read = facts[-1].position
            if len(facts) < self._pace.batch:
                gathering.rest()
                await self._rest()

    async def settle(self) -> None:
        """Follow the acknowledgements, until one does not come; a little later the checkpoint, once for many."""
        gathering, clock = Gathering(_MOMENT), asyncio.get_running_loop().time
        write_at = 0.0
        while True:
            last = await self._next_sent(write_at - clock())
            if last is None:
                await self._write_down()
                write_at = clock() + _LATER
                continue
            await gathering.turn()
            count = 1
            await self._confirm(last)
            while not self._sent.empty() and count < self._pace.window:
                last = self._sent.get_nowait()
                count += 1
                await self._confirm(last)
            self.position = last.fact.position
            for _ in range(count):
                self._sent.task_done()
            await self._tell(last)
            gathering.rest()

    async def _next_sent(self, write_in: float) -> Sent | None:
        """Return the next fact that was sent; None when it is time to write down how far it is."""
        if self._written == self.position:
            return await self._sent.get()
        if write_in <= 0:
            return None
        try:
            async with asyncio.timeout(write_in):
                return await self._sent.get()
        except TimeoutError:
            return None

    async def _send(self, fact: Recorded) -> Sent:
        previous = self._last_published
        if not fact.published:
            return Sent(fact=fact, previous=previous, acknowledged=None)
        if self._generation != self._wire.generation or not self._wire.up:
            raise Disconnected  # what is sent now would come before what was under way
        self._last_published = fact.position
        return Sent(fact=fact, previous=previous, acknowledged=await self._publish_traced(fact, previous))

    async def _publish_traced(self, fact: Recorded, previous: int) -> "asyncio.Future[Ack]":
        """Publish; whoever reacts goes on from this in the trace that the fact is of."""
        work = begun(fact.name, _PRODUCER, fact.trace)
        if work is None:
            return await self._publish(fact, block(self._service, fact, previous))
        work.name(f"publish {fact.name}")
        work.tell(messaging__system="nats", messaging__message__id=str(fact.event_id))
        try:
            acknowledged = await self._publish(fact, block(self._service, fact, previous, trace=work.traceparent))
        except BaseException:
            work.end()
            raise
        acknowledged.add_done_callback(work.end)
        return acknowledged

    async def _publish(self, fact: Recorded, said: bytes) -> "asyncio.Future[Ack]":
        return await self._publisher.publish(subject(self._service, fact), fact.data, said)

    async def _confirm(self, sent: Sent) -> None:
        """Return when the stream has the fact.

        It remembers the ids of facts for a while after they were deleted; such a one goes there without its id.
        """
        if sent.acknowledged is None or _was_new(sent.acknowledged):
            return
        async with asyncio.timeout(self._pace.patience):
            ack = await sent.acknowledged
            if ack.duplicate and not await has(self._jetstream, self._wire.stream.name, ack.seq):
                said = block(self._service, sent.fact, sent.previous, anew=True)
                await (await self._publish(sent.fact, said))

    async def _rest(self) -> None:
        """Wait until woken; when nothing comes, say where the log ends."""
        if self._woken.is_set():
            return
        try:
            async with asyncio.timeout(self._pace.poll):
                await self._woken.wait()
        except TimeoutError:
            if self._generation != self._wire.generation or not self._wire.up:
                raise Disconnected from None
            await self._say_where()

    async def _look_back_now_and_then(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._looked_back >= self._pace.look_back:
            self._looked_back = now
            await self._sent.join()
            await self._look_back()

    async def _look_back(self) -> None:
        """Go back to where the stream has lost facts; never when an operator has told it to forget."""
        before, self._end = self._end, await end_of(self._jetstream, self._wire.stream.name, self._service)
        anew = before is not None and self._end.created != before.created
        there = 0 if anew else self._end.position
        if there is None or self._end.forgets:
            return
        if not anew and (there >= self._last_published or self._end == before):
            return  # the same as at the last look: the facts are there, though not at its end
        _log.warning("the stream has lost facts; publishing them again", after=there, ours=self._last_published)
        await self._go_back(there)

    async def _go_back_for_wanted(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None and wanted < self._read:
            _log.warning("facts are missing in the stream; publishing again", after=wanted)
            await self._go_back(wanted)

    async def _go_back(self, position: int) -> None:
        await self._sent.join()
        self.position = min(position, self.position)
        await self._write_down()
        await self._stand_at(self.position)

    async def _stand_at(self, position: int) -> None:
        self._read = position
        self._last_published = await self._pool.fetchval(_LAST_PUBLISHED, position) or 0

    async def _write_down(self) -> None:
        """Move the checkpoint; were that lost in a crash, the facts would be published once more, so no fsync."""
        async with self._writing:
            if (there := self.position) != self._written:
                await move_soon(self._pool, self._lease, RELAY, self._written, there)
                self._written = there

    async def _tell(self, last: Sent) -> None:
        """Tell subscribers of private facts at the log's end, which they would otherwise never hear of."""
        if last.acknowledged is None and self._sent.empty():
            await self._say_where()

    async def _say_where(self) -> None:
        if self._sent.empty():
            await self._wire.tell(
                f"acuerdo.reached.{self._service}", f"{self.position} {self._last_published}".encode()
            )


def _was_new(acknowledged: "asyncio.Future[Ack]") -> bool:
    """Tell whether it is known by now that the stream has the fact since it was sent."""
    failed = not acknowledged.done() or acknowledged.cancelled() or acknowledged.exception() is not None
    return not failed and not acknowledged.result().duplicate
