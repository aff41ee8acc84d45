"""The role that answers requests."""

from common.running import feed
from common.running.contract import contract_of
from common.running.progress import Rows, Seen
from common.running.runtime import messaging_of, runtime_of
from common.running.service import Service, opened
from common.running.serving import serve
from common.running.tasks import beside
from common.settings import ServiceSettings
from common.web.app import create_app


async def run_api(service: Service, settings: ServiceSettings) -> None:
    """Answer requests until told to stop; those that were accepted get their answer."""
    async with opened(service, settings) as parts:
        messaging = messaging_of(parts, works=False)
        parts.store.on_append = messaging.ring
        rows = Rows(parts.pool)
        app = create_app(
            service=service.name,
            title=service.title,
            routers=(*service.routers, feed.router, contract_of(service)),
            runtime=runtime_of(parts, rows, Seen(service.name, rows, messaging.progress), messaging),
        )
        for name, held in service.state(settings, parts.pool).items():
            setattr(app.state, name, held)
        async with beside(messaging.run()):
            await serve(app, settings)
