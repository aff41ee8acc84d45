"""What the store keeps of each fact, and what it is asked to keep."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec
from asyncpg import Connection

from common.values import Actor, value

Effect = Callable[["Connection[Any]"], Awaitable[None]]
"""Something written in the same transaction as the facts, on the transaction's own connection."""


@value
class WithAppend:
    """An effect that a *function* of the database brings about in one statement with an append that is all or nothing.

    It takes *arguments* and then the append's own but the last. ``alone`` does the same in a transaction with more;
    ``refusals`` are what is raised for what SQLSTATE.
    """

    function: str
    arguments: tuple[Any, ...]
    alone: Effect
    refusals: Mapping[str, Callable[[], Exception]]

    async def __call__(self, connection: "Connection[Any]") -> None:
        """Bring it about alone."""
        await self.alone(connection)


@value
class OneStatement:
    """An effect that is one statement: alone, it needs no transaction around it. ``ensure`` is told what it returned.

    Raises what ``ensure`` raises, by when nothing was done.
    """

    sql: str
    arguments: tuple[Any, ...]
    ensure: Callable[[Any], None]

    async def __call__(self, connection: "Connection[Any]") -> None:
        """Bring it about."""
        self.ensure(await connection.fetchval(self.sql, *self.arguments))


@value
class Context:
    """Who is behind a command and what it follows from."""

    actor: Actor
    correlation: UUID
    causation: UUID | None = None
    imported: bool = False
    trace: str | None = None
    performed_by: str | None = None


@value
class NewFact:
    """A fact on its way into the store. ``data`` is its JSON; ``at`` when it happened in the world.

    ``confided`` is the JSON of the texts that ``data`` holds the digests of, None when it holds none.
    """

    event_id: UUID
    name: str
    schema: int
    data: bytes
    at: datetime
    recorded_at: datetime
    agreement_id: UUID | None
    published: bool
    context: Context
    confided: bytes | None = None


class Recorded(msgspec.Struct, frozen=True):
    """A fact as the store holds it; no dataclass, since so many are made.

    ``position`` counts without gaps over the service, ``version`` from 1 over the stream. ``hash`` is SHA-256 over the
    previous hash of the stream and everything else here but the position (see ``common.eventstore.chain``), and of the
    texts in ``confided`` only the digests that ``data`` holds.
    """

    position: int
    stream: str
    version: int
    event_id: UUID
    name: str
    schema: int
    data: bytes
    at: datetime
    recorded_at: datetime
    actor: Actor
    agreement_id: UUID | None
    correlation: UUID
    causation: UUID | None
    imported: bool
    performed_by: str | None
    trace: str | None
    published: bool
    hash: bytes
    previous: bytes
    confided: bytes | None = None


@value
class Once:
    """An idempotency key, what was asked under it, and the answer to give whoever asks again.

    ``version`` is the stream's version that the answer was given at: None for the one that its append leaves.
    ``tells`` makes the answer from the state that is left, in place of ``answer``.
    """

    key: str
    fingerprint: bytes
    status: int
    answer: bytes
    version: int | None = None
    tells: Callable[[Any], bytes] | None = None


@value
class Answered:
    """The first answer that was given under an idempotency key."""

    fingerprint: bytes
    status: int
    answer: bytes
    version: int
    position: int


@value
class Append:
    """Facts to put at the end of one stream, if it still stands at ``expected``.

    ``due`` is the stream's next wake-up, kept or cleared when ``moves_due``.
    """

    stream: str
    expected: int
    previous: bytes
    facts: tuple[NewFact, ...]
    onces: tuple[Once, ...] = ()
    due: datetime | None = None
    moves_due: bool = False


@value
class Appended:
    """The facts stand: the stream's new version and hash, and the last fact's position (0 when nothing was added).

    ``facts``: as the log holds them now, where the store was asked to say so.
    """

    version: int
    hash: bytes
    position: int
    facts: Sequence[Recorded] = ()


class Stale(Exception):
    """The *stream* no longer stands where the append expected it."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.stream = stream


class AlreadyAsked(Exception):
    """The idempotency key was taken by another append."""


class Log(Protocol):
    """All facts of a service in the order in which they were committed."""

    async def read_log(self, *, after: int, limit: int) -> Sequence[Recorded]:
        """Return the service's facts above position *after*, in order, without gaps."""
        ...

    async def head(self) -> int:
        """Return the position of the last committed fact, 0 when there is none."""
        ...


class Store(Log, Protocol):
    """Where facts rest. Every implementation passes ``common.testing.store_contract``."""

    async def read(
        self, stream: str, *, after: int = 0, until: datetime | None = None, limit: int | None = None
    ) -> Sequence[Recorded]:
        """Return the stream's facts above version *after*, recorded until *until*, in order, at most *limit*."""
        ...

    async def append(self, append: Append) -> Appended:
        """Put the facts into the log durably, gathered with others into one commit.

        Raises:
            Stale: the stream stands elsewhere. Nothing was added.
            AlreadyAsked: one of the idempotency keys is taken. Nothing was added.
        """
        ...

    async def append_together(self, appends: Sequence[Append], effects: Sequence[Effect] = ()) -> Sequence[Appended]:
        """Put all *appends* and *effects* into one transaction, or nothing and raise ``Stale`` or ``AlreadyAsked``."""
        ...

    async def answered(self, keys: Sequence[str]) -> Mapping[str, Answered]:
        """Return what was answered under those of *keys* that are taken."""
        ...

    async def secret(self) -> bytes:
        """Return the random bytes that are this service's own, the same for each of its processes."""
        ...

    async def claim(self, *, now: datetime, until: datetime, limit: int) -> Sequence[tuple[str, datetime]]:
        """Take streams whose wake-up time has come, the longest waiting first; nobody else has them before *until*.

        Returned is each with that time. Facts set a stream's wake-up time anew; one that gets none is due again at
        *until*.
        """
        ...


def size_of(fact: Recorded | NewFact) -> int:
    """Return how many bytes *fact* says, with what it confides."""
    return len(fact.data) + len(fact.confided or b"")
