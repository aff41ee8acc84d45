"""The role that does what need not be answered: publishing, reacting, projecting, waking."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from common.eventstore.postgres import PostgresStore
from common.eventstore.tail import Tail
from common.handling.wakeups import Wakeups
from common.messaging.connection import StreamSettings, Wire
from common.messaging.worker import Messaging
from common.pacing import Calm, Calms
from common.projecting import Projector
from common.running.progress import Seen
from common.running.runtime import runtime_of
from common.running.service import Parts, Service, new_id, now, opened
from common.running.serving import serve
from common.running.tasks import beside
from common.running.waking import Waker, hear_wakes
from common.settings import ServiceSettings
from common.values import value
from common.web.app import create_app

_DAY = 86_400.0


@value
class AtWork:
    """A worker's pieces while they run. ``seen`` knows at once what they have done."""

    parts: Parts
    seen: Seen


class _Here:
    """How far this process's own projector and subscriptions are."""

    works = True

    def __init__(self, store: PostgresStore, projector: Projector, messaging: Messaging) -> None:
        self._store = store
        self._projector = projector
        self._messaging = messaging

    def appended(self) -> int:
        """Return the position of the last fact that was appended here."""
        return self._store.last

    def projected(self) -> int:
        """Return up to where the rows follow."""
        return self._projector.position

    def made_of(self, source: str, position: int) -> int | None:
        """Return where the last fact is of those that were made here: after all that came of *source*'s."""
        before = self._messaging.made_of(source, position)
        return None if before is None else max(before, self._store.last)

    def takes_in_all(self, source: str) -> bool:
        """Tell whether nobody else takes in facts of *source*."""
        return self._messaging.takes_in_all(source)

    def behind(self) -> Mapping[str, int]:
        """Return of how many facts of each source it knows that it has not taken in."""
        return self._messaging.behind()


async def run_worker(service: Service, settings: ServiceSettings) -> None:
    """Do the work of a service until told to stop. Any number may run beside one another."""
    async with at_work(service, settings) as worker:
        app = create_app(
            service=service.name,
            title=f"{service.title}: worker",
            routers=(),
            runtime=runtime_of(worker.parts, worker.seen),
        )
        await serve(app, settings)


@asynccontextmanager
async def at_work(
    service: Service, settings: ServiceSettings, *, alone: bool = False, soon: float = 0.0
) -> AsyncGenerator[AtWork]:
    """Do the work of a service inside the block. *alone*: no other process writes to its database.

    *soon*: seconds that others, who look into the database, may learn later of facts that were passed by.
    """
    wire = Wire(settings.nats_url.get_secret_value(), name=f"{service.name} worker")
    name = new_id().hex
    waker = Waker(wire, service.name, name)
    when_added: list[Callable[[], None]] = []
    when_moved: list[Callable[[], None]] = []

    def added(position: int) -> None:
        waker(position)
        wake()

    def wake() -> None:
        for one in when_added:
            one()

    def moved() -> None:
        for one in when_moved:
            one()

    async with opened(service, settings, on_append=added, alone=alone) as parts:
        calms = Calms() if alone else None

        def doubt() -> None:
            parts.handle.doubt()
            if calms is not None:
                calms.end()

        tail = Tail(parts.store, parts.handle.committed)
        projector = Projector(
            parts.pool, tail, service.history, service.projections, on_moved=moved, on_others=doubt,
            unhurried=calms and calms.rows,
        )  # fmt: skip
        messaging = _messaging(parts, tail, settings, moved, soon, calms and calms.taking_in)
        here = _Here(parts.store, projector, messaging)
        seen = Seen(parts.pool, service.name, service.follows, lambda: wire.up, here, calms)
        parts.when_cut.extend((projector.look_again, seen.cut))
        when_added.extend((projector.wake, messaging.wake))
        when_moved.append(seen.stir)
        wakeups = Wakeups(parts.store, parts.handle, service.history, clock=now, new_id=new_id)

        def others_added() -> None:
            doubt()
            tail.forget()
            wake()

        heard = hear_wakes(wire, service.name, name, others_added)
        works = service.works(parts, wire)
        async with beside(projector.run(), wakeups.run(), messaging.run(), waker.run(), heard, *works):
            yield AtWork(parts=parts, seen=seen)
    await wire.close()


def _messaging(
    parts: Parts, tail: Tail, settings: ServiceSettings, on_moved: Callable[[], Any], soon: float, calm: Calm | None
) -> Messaging:
    return Messaging(
        history=parts.service.history,
        handle=parts.handle,
        log=tail,
        pool=parts.pool,
        nats_url=settings.nats_url.get_secret_value(),
        reactions=parts.service.reactions,
        keepings=parts.service.keepings,
        holder=parts.holder,
        stream=StreamSettings(
            replicas=settings.stream_replicas,
            max_age=settings.stream_max_age_days * _DAY,
            max_bytes=settings.stream_max_bytes,
        ),
        lease_lasts=settings.lease_seconds,
        on_moved=on_moved,
        soon=soon,
        calm=calm,
    )
