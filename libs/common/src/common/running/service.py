"""A service put together: what is its own, given to what all four share."""

import os
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from asyncpg import Pool, Record
from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from uuid_utils.compat import uuid7

from common.addresses import sqlalchemy_url
from common.eventstore.postgres import PostgresStore
from common.handling import Handling
from common.history import History
from common.messaging.connection import Wire
from common.messaging.keeping import Keeping
from common.messaging.reactions import Reaction
from common.projecting import Projection
from common.running.disclosing import Confidences, no_confidences
from common.settings import ServiceSettings
from common.values import value

_SESSION = {
    "idle_in_transaction_session_timeout": "15000",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}
"""A transaction that a frozen process left open ends by itself, so that others can go on.

The few statements of the kernel find rows by their keys. Planned anew for each call's arrays, as PostgreSQL would, a
read of a stream costs it four times as much and an append twice; and a plan made while a table was small would read
all of it, from then on and as it grows: each row is looked up in an index instead.
"""


class CannotStart(Exception):
    """What the service was given does not fit what it finds; the message tells an operator what to do."""


async def _whatever(_settings: ServiceSettings, _pool: "Pool[Record]") -> None:
    """Find that everything fits."""


@value
class Service:
    """What makes a service this one.

    ``parties`` returns the companies of an agreement as this service knows it, empty when it knows none.
    ``memberships`` is the projection table (agreement_id, company) that lists are limited by. ``state`` gives the
    application what its routes find in ``request.app.state``, such as keys read from the settings. ``confidences`` says
    who may read the texts that its facts confide.
    """

    title: str
    history: History
    settings: type[ServiceSettings]
    migrations: Path
    routers: Sequence[APIRouter]
    reactions: Sequence[Reaction[Any]]
    projections: Sequence[Projection[Any]]
    memberships: sa.Table
    parties: Callable[[Handling, UUID], Awaitable[frozenset[str]]]
    state: Callable[[ServiceSettings, "Pool[Record]"], Mapping[str, object]] = lambda _settings, _pool: {}
    confidences: Confidences = no_confidences
    keepings: Sequence[Keeping[Any]] = ()
    """What it keeps of others' facts as rows, and reacts to in no other way."""

    about: str = ""
    """What it is for and how to begin, for whoever reads its OpenAPI document."""

    works: Callable[["Parts", Wire], Sequence[Coroutine[Any, Any, None]]] = lambda _parts, _wire: ()
    """What its worker does beside what all workers do, until cancelled."""

    fits: Callable[[ServiceSettings, "Pool[Record]"], Awaitable[None]] = _whatever
    """Holds what it was given against its database before it begins; raises ``CannotStart``."""

    @property
    def name(self) -> str:
        """Return the service's name in positions, subjects and settings."""
        return self.history.service

    @property
    def follows(self) -> frozenset[str]:
        """Return the services whose facts this one takes in."""
        return frozenset(one.source for one in (*self.reactions, *self.keepings))


@value
class Parts:
    """The running pieces that both roles of a service are made of."""

    service: Service
    settings: ServiceSettings
    pool: "Pool[Record]"
    engine: AsyncEngine
    store: PostgresStore
    handle: Handling

    when_cut: list[Callable[[], None]]
    """Called when a connection to the database ends: all do when its server crashes."""

    @property
    def holder(self) -> str:
        """Return what this process is called among those that share its work."""
        return self.settings.holder or f"{socket.gethostname()}:{os.getpid()}"

    async def parties(self, agreement_id: UUID) -> frozenset[str]:
        """Return the companies of the agreement."""
        return await self.service.parties(self.handle, agreement_id)

    async def agreements(self, company: str) -> frozenset[UUID]:
        """Return the agreements that *company* is party to."""
        table = self.service.memberships
        rows = await self.pool.fetch(f"SELECT agreement_id FROM {table.name} WHERE company = $1", company)
        return frozenset(UUID(bytes=row["agreement_id"].bytes) for row in rows)


def now() -> datetime:
    """Return the real time; everything else is given it."""
    return datetime.now(UTC)  # noqa: TID251 - the one real clock


def new_id() -> UUID:
    """Return a fresh UUIDv7, in the order of time."""
    return uuid7()


@asynccontextmanager
async def opened(
    service: Service,
    settings: ServiceSettings,
    on_append: Callable[[int], None] | None = None,
    *,
    alone: bool = False,
) -> AsyncGenerator[Parts]:
    """Connect the service's parts to its database; let go of them afterwards.

    *alone*: no other process writes to it.

    Raises:
        CannotStart: what it was given does not fit what the database holds.
    """
    url = settings.database_url.get_secret_value()
    engine = create_async_engine(
        sqlalchemy_url(url), pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True
    )  # fmt: skip
    when_cut: list[Callable[[], None]] = []

    def cut(_: object) -> None:
        for one in when_cut:
            one()

    async def watched(connection: "asyncpg.Connection[Record]") -> None:
        connection.add_termination_listener(cut)

    async with asyncpg.create_pool(
        url,
        min_size=2,
        max_size=12,
        max_inactive_connection_lifetime=0,  # no connection ends by itself: that would be taken for a crash
        max_queries=sys.maxsize,
        server_settings=_SESSION,
        init=watched,
        reset=_nothing,
    ) as pool:
        await service.fits(settings, pool)
        store = PostgresStore(pool, clock=now, on_append=on_append)
        handle = Handling(store, service.history, clock=now, new_id=new_id, alone=alone)
        store.on_commit, store.on_lost = handle.committed, handle.lost
        yield Parts(
            service=service, settings=settings, pool=pool, engine=engine, store=store, handle=handle, when_cut=when_cut
        )
        await store.drain()
    await engine.dispose()


async def _nothing(_: "asyncpg.Connection[Record]") -> None:
    """Leave a connection as it is when it goes back: every transaction has ended, and nothing else is ever set."""
