"""The role that does what need not be answered: publishing, reacting, projecting, waking."""

from common.handling.wakeups import Wakeups
from common.projecting import Projector
from common.running.progress import Rows, Seen
from common.running.runtime import messaging_of, runtime_of
from common.running.service import Service, new_id, now, opened
from common.running.serving import serve
from common.running.tasks import beside
from common.settings import ServiceSettings
from common.web.app import create_app


async def run_worker(service: Service, settings: ServiceSettings) -> None:
    """Do the work of a service until told to stop. Any number may run beside one another."""
    async with opened(service, settings) as parts:
        projector = Projector(parts.pool, parts.store, service.history, service.projections)
        messaging = messaging_of(parts, works=True, listeners=(projector.wake,))
        parts.store.on_append = messaging.ring
        wakeups = Wakeups(parts.store, parts.handle, service.history, clock=now, new_id=new_id)
        rows = Rows(parts.pool)
        app = create_app(
            service=service.name,
            title=f"{service.title}: worker",
            routers=(),
            runtime=runtime_of(parts, rows, Seen(service.name, rows, messaging.progress), messaging),
        )
        async with beside(projector.run(), wakeups.run(), messaging.run()):
            await serve(app, settings)
