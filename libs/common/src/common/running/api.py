"""The role that answers requests."""

from fastapi import FastAPI

from common.messaging.connection import Wire
from common.running import feed
from common.running.contract import contract_of
from common.running.progress import Elsewhere, Seen
from common.running.runtime import runtime_of
from common.running.service import Parts, Service, new_id, opened
from common.running.serving import serve
from common.running.tasks import beside
from common.running.waking import Waker
from common.settings import ServiceSettings
from common.web.app import create_app


async def run_api(service: Service, settings: ServiceSettings) -> None:
    """Answer requests until told to stop; those that were accepted get their answer."""
    wire = Wire(settings.nats_url.get_secret_value(), name=f"{service.name} api")
    waker = Waker(wire, service.name, new_id().hex)
    async with opened(service, settings, on_append=waker) as parts:
        seen = Seen(parts.pool, service.name, service.follows, lambda: wire.up, Elsewhere(parts.store))
        parts.when_cut.append(seen.cut)
        async with beside(waker.run()):
            await serve(app_of(service, parts, seen), settings)
    await wire.close()


def app_of(service: Service, parts: Parts, seen: Seen) -> FastAPI:
    """Return what answers the requests of *service*."""
    app = create_app(
        service=service.name,
        title=service.title,
        about=service.about,
        routers=(*service.routers, feed.router, contract_of(service)),
        runtime=runtime_of(parts, seen),
    )
    for name, held in service.state(parts.settings, parts.pool).items():
        setattr(app.state, name, held)
    return app
