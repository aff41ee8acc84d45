"""The role that folds all rows again from the first fact, while the others go on."""

from time import perf_counter

import msgspec

from common.projecting import Projector
from common.running.service import Service, opened
from common.settings import ServiceSettings


async def rebuild(service: Service, settings: ServiceSettings) -> None:
    """Rebuild every projection and say in one line of JSON how many facts went in, and in how many seconds."""
    began = perf_counter()
    async with opened(service, settings) as parts:
        facts = await Projector(parts.pool, parts.store, service.history, service.projections).rebuild()
    said = {"service": service.name, "facts": facts, "seconds": round(perf_counter() - began, 3)}
    print(msgspec.json.encode(said).decode())  # noqa: T201 - what whoever started it reads
