"""What a route gets when its caller may pass, and the policy that lets them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from fastapi import Depends
from sqlalchemy import ColumnElement, Select
from starlette.requests import Request
from starlette.responses import Response

from common.eventstore.recorded import Context
from common.handling.types import Folded
from common.history import Kind
from common.refusals import NotFound, Refusal, VersionRequired
from common.security.identity import Caller
from common.values import Actor, Person
from common.web import paging
from common.web.entrance import Policy, Public
from common.web.operations import Operation
from common.web.runtime import Runtime
from common.web.writing import Answer, Writing

Row = Mapping[str, Any]
_HOW = 'send the header If-Match with the ETag of what the change is based on, such as If-Match: "3"'


class Desk:
    """Everything a route may do, in the name of whoever is asking."""

    def __init__(self, request: Request, runtime: Runtime, caller: Caller, role: str) -> None:
        self.request = request
        self.runtime = runtime
        self.caller = caller
        self.by: Person = caller.acting_as(role)
        self.at: datetime = runtime.clock()
        self.imported = False
        self._looked_at: set[str] = set()
        self._party_to: set[UUID] = set()

    def now(self) -> datetime:
        """Return the time of this request's commands."""
        return self.at

    def new_id(self) -> UUID:
        """Return a fresh identity."""
        return self.runtime.new_id()

    def context(self, *, actor: Actor | None = None, causation: UUID | None = None) -> Context:
        """Return who is behind this request's commands and which trace they belong to."""
        return Context(
            actor=actor or self.by,
            correlation=_uuid(self.request.headers.get("acuerdo-correlation")) or self.new_id(),
            causation=causation,
            trace=self.request.scope.get("state", {}).get("trace"),
        )

    async def party(self, agreement_id: UUID) -> None:
        """Hold only if the caller's company is party to the agreement. Raises ``NotFound`` otherwise."""
        if agreement_id in self._party_to:
            return
        if self.caller.company not in await self.runtime.parties(agreement_id):
            raise NotFound
        self._party_to.add(agreement_id)

    async def agreements(self) -> frozenset[UUID]:
        """Return the agreements the caller's company is party to."""
        if self.runtime.agreements is None:
            return frozenset()
        return await self.runtime.agreements(self.caller.company)

    async def look(self, kind: Kind[Any, Any, Any], key: object) -> Folded[Any]:
        """Return the thing *key* as it stands: as this request first saw it, or with what it did to it since."""
        stream = kind.stream(key)
        if stream in self._looked_at:
            return await self.runtime.handle.remembered(kind, key)
        folded = await self.runtime.handle.look(kind, key)
        self._looked_at.add(stream)
        return folded

    async def as_of(self, kind: Kind[Any, Any, Any], key: object, moment: datetime) -> Folded[Any]:
        """Return the thing *key* as it was recorded at *moment*."""
        return await self.runtime.handle.as_of(kind, key, moment)

    async def post(
        self,
        kind: Kind[Any, Any, Any],
        key: object,
        command: object,
        *,
        agreement: UUID | None = None,
        answer: Answer | None = None,
        status: int | None = None,
        context: Context | None = None,
    ) -> Response:
        """Bring about *command* once, however often it is asked, and answer with where the thing now stands.

        *agreement*: unknown to whoever's company is not party to it. *status*: the route's own by default. *answer*:
        its members, or what makes them from the thing's state afterwards.
        """
        if agreement is not None:
            await self.party(agreement)
        writing = Writing(self.request, self.runtime, self.caller)
        return await writing(
            kind, key, command, context=context or self.context(), answer=answer or {}, status=status or self._status()
        )

    async def change(
        self,
        kind: Kind[Any, Any, Any],
        key: object,
        command: object,
        *,
        agreement: UUID | None = None,
        answer: Answer | None = None,
        status: int | None = None,
        context: Context | None = None,
    ) -> Response:
        """As ``post``, for a change that must name the version it is based on. Raises ``VersionRequired``."""
        if "if-match" not in self.request.headers:
            raise VersionRequired(_HOW)
        return await self.post(
            kind, key, command, agreement=agreement, answer=answer, status=status, context=context
        )  # fmt: skip

    async def carry_out(self, operation: Operation, body: Any = None, **path: object) -> Response:
        """Do *operation* as its own route: what a batch line of the same name does."""
        try:
            meant = await operation.mean(body, self, path)
        except Refusal as refusal:
            return await Writing(self.request, self.runtime, self.caller).again(refusal)
        if operation.agreement is not None:
            scope = operation.agreement((await self.look(operation.kind, meant.key)).state)
            if scope is None:
                raise NotFound
            await self.party(scope)
        do = self.change if operation.changes else self.post
        return await do(
            operation.kind, meant.key, meant.command, agreement=meant.agreement, answer=meant.answer,
            status=operation.status,
        )  # fmt: skip

    async def rows(self, select: Select[Any]) -> Sequence[Row]:
        """Return what *select* finds."""
        return await rows(self.runtime, select)

    async def row(self, select: Select[Any]) -> Row:
        """Return the one row that *select* finds. Raises ``NotFound``."""
        rows = await self.rows(select.limit(1))
        if not rows:
            raise NotFound
        return rows[0]

    async def page(self, select: Select[Any], *order: ColumnElement[Any], shape: paging.Shape = dict) -> Response:
        """Answer with one page of *select* in the *order* of columns that are never null and unique together.

        ``limit`` and ``cursor`` come from the request; *shape* turns a row into what the caller may see of it.
        """
        asked = paging.asked(self.request.query_params, order)
        found = await self.rows(paging.window(select, order, asked))
        return paging.answer(self.request.url, found, order, asked, shape)

    def _status(self) -> int:
        return getattr(self.request.scope.get("route"), "status_code", None) or 200


class _Allowed(Policy):
    async def __call__(self, request: Request) -> Desk:
        """Return the desk of a caller whom this policy lets pass."""
        caller, role = await self.enter(request)
        return Desk(request, request.app.state.runtime, caller, role)


class _Open(Public):
    async def __call__(self, request: Request) -> Desk:
        """Return a desk for somebody who need not say who they are."""
        await self.enter(request)
        return Desk(request, request.app.state.runtime, self.caller, self.role)


async def rows(runtime: Runtime, select: Select[Any]) -> Sequence[Row]:
    """Return what *select* finds."""
    if runtime.db is None:
        raise RuntimeError("this service was wired without a database to read")
    async with runtime.db.connect() as connection:
        return cast("Sequence[Row]", (await connection.execute(select)).mappings().all())


def allowed(*roles: str, service_may: bool = False) -> Any:
    """Let callers in one of *roles* pass, acting in the first that they have; no roles named means nobody.

    A service's token passes only where *service_may*: people decide, services propose.
    """
    return Depends(_Allowed(roles, service_may=service_may))


def public(role: str, why: str) -> Any:
    """Let anybody pass, acting as nobody's *role*; *why* says what protects the route instead."""
    return Depends(_Open(role, why))


def _uuid(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        return None
