"""The role that does what need not be answered: publishing, reacting, projecting, waking."""

from collections.abc import Callable

from common.handling.wakeups import Wakeups
from common.messaging.connection import StreamSettings, Wire
from common.messaging.worker import Messaging
from common.projecting import Projector
from common.running.progress import Seen
from common.running.runtime import runtime_of
from common.running.service import Parts, Service, new_id, now, opened
from common.running.serving import serve
from common.running.tasks import beside
from common.running.waking import Waker, hear_wakes
from common.settings import ServiceSettings
from common.web.app import create_app

_DAY = 86_400.0


async def run_worker(service: Service, settings: ServiceSettings) -> None:
    """Do the work of a service until told to stop. Any number may run beside one another."""
    wire = Wire(settings.nats_url.get_secret_value(), name=f"{service.name} worker")
    waker = Waker(wire, service.name)
    here: list[Callable[[], None]] = []

    def added(position: int) -> None:
        waker(position)
        wake()

    def wake() -> None:
        for one in here:
            one()

    async with opened(service, settings, on_append=added) as parts:
        projector = Projector(parts.pool, parts.store, service.history, service.projections)
        messaging = _messaging(parts, settings)
        here.extend((projector.wake, messaging.wake))
        wakeups = Wakeups(parts.store, parts.handle, service.history, clock=now, new_id=new_id)
        app = create_app(
            service=service.name,
            title=f"{service.title}: worker",
            routers=(),
            runtime=runtime_of(parts, Seen(parts.pool, service.name, service.follows)),
        )
        heard = hear_wakes(wire, service.name, wake)
        works = service.works(parts, wire)
        async with beside(projector.run(), wakeups.run(), messaging.run(), waker.run(), heard, *works):
            await serve(app, settings)
    await wire.close()


def _messaging(parts: Parts, settings: ServiceSettings) -> Messaging:
    return Messaging(
        history=parts.service.history,
        handle=parts.handle,
        store=parts.store,
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
    )
