"""The role that answers requests."""

from collections.abc import Callable

from common.messaging.connection import Wire
from common.running import feed
from common.running.contract import contract_of
from common.running.progress import Seen
from common.running.runtime import runtime_of
from common.running.service import Service, opened
from common.running.serving import serve
from common.running.tasks import beside
from common.running.waking import Waker, hear_tidings
from common.settings import ServiceSettings
from common.web.app import create_app


async def run_api(service: Service, settings: ServiceSettings) -> None:
    """Answer requests until told to stop; those that were accepted get their answer."""
    wire = Wire(settings.nats_url.get_secret_value(), name=f"{service.name} api")
    waker = Waker(wire, service.name)
    listening: list[Callable[[int], None]] = [waker]

    def added(position: int) -> None:
        for one in listening:
            one(position)

    async with opened(service, settings, on_append=added) as parts:
        seen = Seen(parts.pool, service.name, service.follows, lambda: wire.up)
        listening.append(seen.added)
        app = create_app(
            service=service.name,
            title=service.title,
            about=service.about,
            routers=(*service.routers, feed.router, contract_of(service)),
            runtime=runtime_of(parts, seen),
        )
        for name, held in service.state(settings, parts.pool).items():
            setattr(app.state, name, held)
        async with beside(waker.run(), hear_tidings(wire, service.name, seen.hear)):
            await serve(app, settings)
    await wire.close()
