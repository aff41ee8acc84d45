"""Lines about one thing happen in order; lanes run side by side."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import structlog
from pydantic import ValidationError
from starlette.requests import Request

from common.eventstore.recorded import AlreadyAsked, Context, Once
from common.handling.types import Folded, Handled
from common.history import Kind
from common.refusals import NotFound, Refusal
from common.security.identity import Caller
from common.values import value
from common.web.batch_lines import Read, acting, when
from common.web.batch_outcomes import Outcomes
from common.web.failures import refusal_behind
from common.web.located import located
from common.web.operations import Meant, Operation
from common.web.problems import Malformed
from common.web.runtime import Runtime

_log = structlog.get_logger(__name__)


@value
class Shared:
    """What all lines of one request have in common."""

    request: Request
    runtime: Runtime
    caller: Caller
    context: Context
    outcomes: Outcomes
    fingerprint_key: bytes
    known_parties: dict[UUID, frozenset[str]]


@value
class Pending:
    """A command on its way to its thing."""

    number: int
    status: int
    meant: Meant
    context: Context
    once: Once | None
    said: bytes

    @property
    def asked(self) -> tuple[Any, Context, Once | None]:
        """What is handed to the thing."""
        return self.meant.command, self.context, self.once


class Lane:
    """Lines about one thing, in order; commands gather until something else must be seen or done."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        self._operation: Operation | None = None
        self._stream: str | None = None
        self._pending: list[Pending] = []
        self._scopes: dict[str, UUID] = {}

    async def do(self, lines: Sequence[Read]) -> None:
        """Bring about what *lines* ask; each gets its own outcome."""
        for line in lines:
            try:
                await self._take(line)
            except Refusal as refusal:
                self.shared.outcomes.refuse(line.number, refusal)
            except ValidationError as error:
                self.shared.outcomes.refuse(line.number, Malformed(errors=located(error.errors())))
            except Exception as error:  # noqa: BLE001 - a fault upon one line must not spoil the others
                self._fail([line.number], error, operation=line.prepared.name)
        await self.settle()

    async def settle(self, stream: str | None = None) -> None:
        """Bring about the commands that wait (those of *stream* only, when one is named)."""
        if not self._pending or self._operation is None or (stream is not None and stream != self._stream):
            return
        kind, pending = self._operation.kind, self._pending
        self._pending = []
        try:
            await self._hand_over(kind, pending)
        except Refusal as refusal:
            for one in pending:
                self.shared.outcomes.refuse(one.number, refusal)
        except Exception as error:  # noqa: BLE001 - a fault upon one line must not spoil the others
            self._fail([one.number for one in pending], error, kind=kind.name)

    def _fail(self, numbers: Sequence[int], error: Exception, **what: str) -> None:
        """The lines say of *error* what a request of their own would be answered."""
        refusal = refusal_behind(error)
        if refusal is None:
            _log.error("lines of a batch failed", exc_info=error, **what)
        for number in numbers:
            self.shared.outcomes.fail(number) if refusal is None else self.shared.outcomes.refuse(number, refusal)

    async def _take(self, line: Read) -> None:
        operation = line.prepared.operation
        told = ToldLine(self, line)
        body, path = line.prepared.read(line.members)
        meant = await operation.mean(body, told, path)
        stream = operation.kind.stream(meant.key)
        await self._in_scope(operation, meant, stream, told)
        if stream != self._stream:
            await self.settle()
            self._operation, self._stream = operation, stream
        self._pending.append(self._pend(line, operation, meant, told))

    async def _in_scope(self, operation: Operation, meant: Meant, stream: str, told: "ToldLine") -> None:
        if meant.agreement is not None:
            await told.party(meant.agreement)
            self._scopes.setdefault(stream, meant.agreement)
        if operation.agreement is None:
            return
        scope = self._scopes.get(stream) or operation.agreement((await told.look(operation.kind, meant.key)).state)
        if scope is None:
            raise NotFound
        await told.party(scope)
        self._scopes[stream] = scope

    def _pend(self, line: Read, operation: Operation, meant: Meant, told: "ToldLine") -> Pending:
        said = msgspec.json.encode(meant.answer, enc_hook=str)
        once = None
        key = line.once_key(self.shared.caller)
        if key is not None:
            once = Once(
                key=key, fingerprint=line.fingerprint(self.shared.fingerprint_key), status=operation.status, answer=said
            )
        return Pending(
            number=line.number, status=operation.status, meant=meant, context=told.context(), once=once, said=said
        )  # fmt: skip

    async def _hand_over(self, kind: Kind[Any, Any, Any], pending: Sequence[Pending]) -> None:
        handle, key = self.shared.runtime.handle, pending[0].meant.key
        try:
            outcomes = await handle.batch(kind, key, [one.asked for one in pending])
        except AlreadyAsked:
            pending = await self._not_asked_meanwhile(pending)
            outcomes = await handle.batch(kind, key, [one.asked for one in pending])
        for one, outcome in zip(pending, outcomes, strict=True):
            self._tell(one, outcome)

    async def _not_asked_meanwhile(self, pending: Sequence[Pending]) -> list[Pending]:
        answered = await self.shared.runtime.store.answered([one.once.key for one in pending if one.once is not None])
        left: list[Pending] = []
        for one in pending:
            if one.once is None or one.once.key not in answered:
                left.append(one)
            else:
                self.shared.outcomes.replay(one.number, one.once.fingerprint, answered[one.once.key])
        return left

    def _tell(self, one: Pending, outcome: Handled[Any, Any] | Refusal) -> None:
        if isinstance(outcome, Refusal):
            self.shared.outcomes.refuse(one.number, outcome)
        else:
            self.shared.outcomes.accept(
                one.number, one.status, one.said, outcome.version, outcome.position, again=False
            )


class ToldLine:
    """Who a line tells of, and when. Raises ``Forbidden`` when the caller may not tell it."""

    def __init__(self, lane: Lane, line: Read) -> None:
        self._lane = lane
        self._shared = lane.shared
        self._envelope = line.envelope
        self.by = acting(lane.shared.caller, line.prepared.operation, line.envelope)
        self.at = when(line.envelope, lane.shared.runtime.clock())
        self.imported = line.envelope.imported
        self.request = lane.shared.request

    def new_id(self) -> UUID:
        """Return a fresh identity."""
        return self._shared.runtime.new_id()

    async def party(self, agreement_id: UUID) -> None:
        """Hold only if the caller's company, and that of who is told of, are party. Raises ``NotFound`` otherwise."""
        known = self._shared.known_parties.get(agreement_id)
        if known is None:
            known = self._shared.known_parties[agreement_id] = await self._shared.runtime.parties(agreement_id)
        if self._shared.caller.company not in known or self.by.company not in known:
            raise NotFound

    async def look(self, kind: Kind[Any, Any, Any], key: object) -> Folded[Any]:
        """Return the thing *key* as it stands, after the earlier lines about it."""
        await self._lane.settle(kind.stream(key))
        return await self._shared.runtime.handle.look(kind, key)

    def context(self) -> Context:
        """Return who is behind the line's command: the caller, and whom an import says it was."""
        context, performer, imported = self._shared.context, self._envelope.performed_by, self._envelope.imported
        return Context(
            actor=self._shared.caller.acting_as("operator") if imported else self.by,
            correlation=context.correlation,
            trace=context.trace,
            imported=imported,
            performed_by=None if performer is None else f"{performer.company}/{performer.person}/{performer.role}",
        )
