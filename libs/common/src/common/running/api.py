"""The role that answers requests."""

from common.messaging.connection import Wire
from common.running import feed
from common.running.contract import contract_of
from common.running.progress import Seen
from common.running.runtime import runtime_of
from common.running.service import Service, opened
from common.running.serving import serve
from common.running.tasks import beside
from common.running.waking import Waker
from common.settings import ServiceSettings
from common.web.app import create_app


async def run_api(service: Service, settings: ServiceSettings) -> None:
    """Answer requests until told to stop; those that were accepted get their answer."""
    wire = Wire(settings.nats_url.get_secret_value(), name=f"{service.name} api")
    waker = Waker(wire, service.name)
    async with opened(service, settings, on_append=waker) as parts:
        app = create_app(
            service=service.name,
            title=service.title,
            about=service.about,
            routers=(*service.routers, feed.router, contract_of(service)),
            runtime=runtime_of(parts, Seen(parts.pool, service.name, service.follows, lambda: wire.up)),
        )
        for name, held in service.state(settings, parts.pool).items():
            setattr(app.state, name, held)
        async with beside(waker.run()):
            await serve(app, settings)
    await wire.close()
