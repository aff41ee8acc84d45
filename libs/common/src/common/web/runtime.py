"""What a service's wiring gives its HTTP routes; they find it in ``app.state.runtime``."""

from collections.abc import Awaitable, Callable
from dataclasses import field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from common.eventstore.confiding import Texts
from common.eventstore.recorded import Store
from common.handling.types import Handle
from common.security.identity import Caller
from common.values import value


class Tokens(Protocol):
    """Tells who a bearer token speaks for."""

    async def caller(self, token: str) -> Caller:
        """Return who *token* speaks for.

        Raises:
            Unauthenticated: the token does not hold.
            Unavailable: the issuer's keys cannot be had now.
        """
        ...


class Progress(Protocol):
    """Knows how far this service's subscriptions and projections have come."""

    async def reached(self, service: str, position: int, timeout: float) -> int | None:  # noqa: ASYNC109 - the caller's wish
        """Wait until *position* of *service* is visible here, at most *timeout* seconds; None when it is not.

        Returned is the position of the service's own log that holds what it made of those facts, 0 for nothing.
        """
        ...

    def cuts(self) -> int:
        """Return how often the database was cut off: a crash may take back rows that were visible before it."""
        ...

    def let_go(self) -> None:
        """Let nobody wait any longer: the process ends."""
        ...


class AlwaysThere:
    """Progress where nothing lags: rows are written with the facts, or there are no rows."""

    async def reached(self, service: str, position: int, timeout: float) -> int | None:  # noqa: ARG002, ASYNC109 - the protocol's
        """Return that it is, and that nothing was made of it."""
        return 0

    def cuts(self) -> int:
        """Return that it never was."""
        return 0

    def let_go(self) -> None:
        """Nobody waits."""


@value
class Disclosed:
    """What stands beside a fact for one reader.

    ``texts`` by digest, each with its salt; ``hidden`` names, as agreements do, what is there besides.
    """

    texts: Texts = field(default_factory=Texts)
    hidden: tuple[str, ...] = ()


Disclose = Callable[[str, int, bytes, bytes | None, str], Awaitable[Disclosed]]
"""Tells, by a fact's name, schema, data and the texts beside it, what a company is shown of those."""


async def nothing_disclosed(_name: str, _schema: int, _data: bytes, _confided: bytes | None, _reader: str) -> Disclosed:
    """Return nothing, for a service that has nothing to disclose."""
    return Disclosed()


@value
class Health:
    """How the service stands, as ``/readyz`` shows it. ``lag`` counts facts not yet seen, by who should see them.

    ``position`` and ``lag`` are None while the database cannot be asked.
    """

    ready: bool
    position: int | None = None
    lag: dict[str, int] | None = None
    started: bool = True
    detail: str | None = None


async def always_well() -> Health:
    """Return that all is well, for a service with nothing to watch."""
    return Health(ready=True, position=0, lag={})


@value
class Runtime:
    """What routes rest on. ``parties`` gives an agreement's companies (empty: unknown), ``agreements`` a company's.

    ``secret`` is what the service has that does not rest in its database, if it has such.
    """

    service: str
    handle: Handle
    store: Store
    tokens: Tokens
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    parties: Callable[[UUID], Awaitable[frozenset[str]]]
    agreements: Callable[[str], Awaitable[frozenset[UUID]]] | None = None
    db: AsyncEngine | None = None
    progress: Progress = AlwaysThere()
    health: Callable[[], Awaitable[Health]] = always_well
    disclose: Disclose = nothing_disclosed
    secret: bytes = b""
    max_in_flight: int = 1_000
    max_body: int = 1024 * 1024
