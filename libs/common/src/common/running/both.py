"""Both roles in one process: what is written here is in rows, and taken in, without anybody having to look."""

from common.running.api import app_of
from common.running.service import Service
from common.running.serving import serve
from common.running.worker import at_work
from common.settings import ServiceSettings

_SOON, _WHEN_ALONE = 0.05, 0.25


async def run_both(service: Service, settings: ServiceSettings) -> None:
    """Answer requests and do the work of a service until told to stop.

    Any number may run, beside other roles too, unless the settings say that it is alone.
    """
    soon = _WHEN_ALONE if settings.alone else _SOON
    async with at_work(service, settings, alone=settings.alone, soon=soon) as worker:
        await serve(app_of(service, worker.parts, worker.seen), settings)
