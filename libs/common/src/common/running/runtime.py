"""A service's parts as its routes and its workers find them."""

import os
import socket
from collections.abc import Callable, Sequence

import asyncpg

from common.messaging.connection import StreamSettings
from common.messaging.worker import Messaging
from common.running.progress import Rows, Seen
from common.running.service import Parts, new_id, now
from common.security.issuer import issuer_of
from common.web.runtime import Health, Runtime


def messaging_of(parts: Parts, *, works: bool, listeners: Sequence[Callable[[], None]] = ()) -> Messaging:
    """Return this process's part in the service's publishing and subscribing."""
    settings = parts.settings
    return Messaging(
        history=parts.service.history,
        handle=parts.handle,
        store=parts.store,
        pool=parts.pool,
        nats_url=settings.nats_url.get_secret_value(),
        reactions=parts.service.reactions,
        holder=f"{socket.gethostname()}:{os.getpid()}",
        works=works,
        listeners=listeners,
        stream=StreamSettings(replicas=settings.stream_replicas),
        lease_lasts=settings.lease_seconds,
    )


def runtime_of(parts: Parts, rows: Rows, seen: Seen, messaging: Messaging) -> Runtime:
    """Return what the routes of the service rest on."""

    async def health() -> Health:
        try:
            standing = await rows.standing()
            lag = await messaging.lag()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return Health(ready=False, position=0, lag={}, detail="the database cannot be reached")
        flat = {"projections": standing.head - standing.projected, "relay": lag["relay"]["behind"]}
        dead = sum(source["dead"] for source in lag["sources"].values())
        waiting = sum(source["waiting"] for source in lag["sources"].values())
        return Health(
            ready=True, position=standing.head, lag=flat | {"waiting_messages": waiting, "dead_letters": dead}
        )

    return Runtime(
        service=parts.service.name,
        handle=parts.handle,
        store=parts.store,
        tokens=issuer_of(parts.settings),
        clock=now,
        new_id=new_id,
        parties=parts.parties,
        agreements=parts.agreements,
        db=parts.engine,
        progress=seen,
        health=health,
    )
