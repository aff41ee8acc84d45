"""What an operation means, written once: its own route and a line of a batch bring about the same command."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from starlette.requests import Request

from common.handling.telling import PeopleActOnIt, ensure_teller
from common.handling.types import Folded
from common.history import Kind
from common.refusals import NotFound
from common.values import Person, value
from common.web.entrance import who


class Line(Protocol):
    """Who asks, and when it happens: the request itself, or a line of a batch that tells of another time and person."""

    @property
    def by(self) -> Person:
        """Who acts."""
        ...

    @property
    def at(self) -> datetime:
        """When it happens."""
        ...

    @property
    def imported(self) -> bool:
        """Whether another time or person is told of than the request's."""
        ...

    @property
    def request(self) -> Request:
        """The request that it came in, whose ``app.state`` holds what the service's wiring gave."""
        ...

    def new_id(self) -> UUID:
        """Return a fresh identity."""
        ...

    async def party(self, agreement_id: UUID) -> None:
        """Hold only if the caller's company is party to the agreement. Raises ``NotFound`` otherwise."""
        ...

    async def look(self, kind: Kind[Any, Any, Any], key: object) -> Folded[Any]:
        """Return the thing *key* as it stands, after the earlier lines about it."""
        ...


_NOT_KNOWN = (
    "no agreement by this id is known here of which your company is a party; an agreement is known here from when all "
    "its parties have signed it and their experts have approved its map (see getAgreement of the service agreement). "
    "If it is in force, this service may not have heard of it yet: ask again with Acuerdo-After and the "
    "Acuerdo-Position that the signing was answered with, and it waits"
)


async def named_agreement(line: Line, agreement_id: UUID) -> None:
    """As ``line.party``, for an agreement that a request names: a party may ask before it is settled.

    Raises ``NotFound`` in the same words whether there is such an agreement or not.
    """
    try:
        await line.party(agreement_id)
    except NotFound:
        raise unknown_agreement() from None


def unknown_agreement() -> NotFound:
    """Return what is said of an agreement that is not known, or not to the caller's company."""
    return NotFound(_NOT_KNOWN)


async def namer_on(line: Line) -> str:
    """Return the company whose references those on *line* are: the caller's, in whosever name it tells."""
    return (await who(line.request)).company


async def ensure_history(line: Line, kind: Kind[Any, Any, Any], key: object) -> None:
    """Hold that what a line tells, of another time or person, concerns a thing of its own company's history.

    Raises:
        NotYoursToTell: another company told of the thing.
        PeopleActOnIt: it lives.
    """
    if not line.imported:
        return
    thing = await line.look(kind, key)
    await ensure_own_history(line, thing)
    if thing.lived:
        raise PeopleActOnIt


async def ensure_own_history(line: Line, thing: Folded[Any]) -> None:
    """Raise ``NotYoursToTell`` where a line tells, of another time or person, of what another company told."""
    if line.imported and thing.teller is not None:
        ensure_teller(thing.teller, await namer_on(line))


@value
class Meant:
    """What is asked of which thing, and what to answer. ``agreement``: checked when the body names it."""

    key: object
    command: Any
    answer: Mapping[str, object]
    agreement: UUID | None = None


Meaning = Callable[..., Awaitable[Meant]]


@value
class Operation:
    """One operation: who may, on what kind of thing, and what its body means.

    ``meaning(body, line, **path)`` gives the command; ``body`` None means that the operation has none. ``path`` types
    the parameters in the route's path, which a batch line carries as members of its own. ``key`` names the parameter
    or member with the thing's id: lines with the same id happen in order. ``agreement`` reads from the thing's state
    which agreement it belongs to (None: there is no such thing); whoever is not party to it finds nothing.
    ``changes``: the operation's own route requires ``If-Match``.
    """

    kind: Kind[Any, Any, Any]
    key: str
    meaning: Meaning
    roles: tuple[str, ...]
    body: Any = None
    path: Mapping[str, Any] = field(default_factory=dict[str, Any])
    agreement: Callable[[Any], UUID | None] | None = None
    status: int = 200
    changes: bool = False
    service_may: bool = False

    def mean(self, body: Any, line: Line, path: Mapping[str, Any]) -> Awaitable[Meant]:
        """Return what *body* means on *line*."""
        return self.meaning(line, **path) if self.body is None else self.meaning(body, line, **path)
