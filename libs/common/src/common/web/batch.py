"""Many operations in one request: a line each, its own outcome each, and no line spoils another."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated

import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from common.refusals import Invalid, Refusal
from common.web.batch_lanes import Lane, Shared
from common.web.batch_lines import OUTCOME, Prepared, Read, example_of, read_line, schema_of
from common.web.batch_outcomes import Outcomes
from common.web.desk import Desk, allowed
from common.web.failures import refusal_behind
from common.web.operations import Operation
from common.web.problems import problems
from common.web.writing import StillBeingDone, fingerprint_key

MOST_LINES = 5_000
MOST_BYTES = 8 * 1024 * 1024
NDJSON = "application/x-ndjson"
_AT_ONCE = 128
_log = structlog.get_logger(__name__)


class TooManyLines(Invalid):
    """A batch has at most 5,000 lines."""


class Batch:
    """One request's lines on their way."""

    def __init__(
        self, desk: Desk, operations: Mapping[str, Prepared], lines: Sequence[bytes], fingerprint_key: bytes
    ) -> None:
        self._operations = operations
        self._lines = lines
        self._outcomes = Outcomes(len(lines))
        self._shared = Shared(
            request=desk.request,
            runtime=desk.runtime,
            caller=desk.caller,
            context=desk.context(),
            outcomes=self._outcomes,
            fingerprint_key=fingerprint_key,
            known_parties={},
        )
        self._in_flight: set[str] = desk.request.app.state.in_flight
        self._going_on: set[asyncio.Task[None]] = desk.request.app.state.going_on
        self._held: set[str] = set()

    async def outcomes(self) -> AsyncIterator[bytes]:
        """Do what the lines ask and give their outcomes in order. Whoever goes away finds them done when asking again.

        The work goes on by itself, for whoever left has keys that must be given back when it ends and not before.
        """
        work = asyncio.create_task(self._work())
        self._going_on.add(work)
        work.add_done_callback(self._give_back)
        async for ready in self._outcomes.in_order():
            yield ready

    def _give_back(self, work: "asyncio.Task[None]") -> None:
        self._going_on.discard(work)
        self._in_flight -= self._held
        if not work.cancelled() and work.exception() is not None:
            _log.error("a batch failed", error=repr(work.exception()))

    async def _work(self) -> None:
        refusal: Refusal | None = None
        try:
            read = [one for number, line in enumerate(self._lines, 1) if (one := self._read(number, line)) is not None]
            await self._do(await self._not_answered_before(read))
        except Exception as error:
            if (refusal := refusal_behind(error)) is None:
                raise
            _log.warning("a batch could not be done whole", why=type(error).__name__)
        finally:
            self._outcomes.end_the_rest(refusal)

    def _read(self, number: int, line: bytes) -> Read | None:
        try:
            read = read_line(number, line, self._operations)
            self._hold(read.once_key(self._shared.caller))
        except Refusal as refusal:
            self._outcomes.refuse(number, refusal)
            return None
        return read

    def _hold(self, key: str | None) -> None:
        if key is None:
            return
        if key in self._in_flight:
            raise StillBeingDone("this key is in another line or request that is being worked on")
        self._in_flight.add(key)
        self._held.add(key)

    async def _not_answered_before(self, read: Sequence[Read]) -> list[Read]:
        answered = await self._shared.runtime.store.answered(list(self._held)) if self._held else {}
        left: list[Read] = []
        for line in read:
            first = answered.get(line.once_key(self._shared.caller) or "")
            if first is None:
                left.append(line)
            else:
                self._outcomes.replay(line.number, line.fingerprint(self._shared.fingerprint_key), first)
        return left

    async def _do(self, read: Sequence[Read]) -> None:
        lanes: dict[str, list[Read]] = {}
        for line in read:
            lanes.setdefault(line.lane, []).append(line)
        waiting = iter(lanes.values())

        async def worker() -> None:
            for lines in waiting:
                await Lane(self._shared).do(lines)

        await asyncio.gather(*(worker() for _ in range(min(_AT_ONCE, len(lanes)))))


def batch_route(router: APIRouter, operations: Mapping[str, Operation], *, operation_id: str | None = None) -> None:
    """Add ``POST <prefix>/batch`` to *router*: *operations* by operation id, a line each."""
    prepared = {name: Prepared(name, operation) for name, operation in operations.items()}
    roles = sorted({role for one in operations.values() for role in one.roles} | {"operator"})
    service_may = any(one.service_may for one in operations.values())
    name = operation_id or "batch" + router.prefix.rsplit("/", 1)[-1].title().replace("-", "")

    async def batch(desk: Annotated[Desk, allowed(*roles, service_may=service_may)]) -> Response:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        lines = await lines_of(desk.request)
        key = await fingerprint_key(desk.runtime)
        return StreamingResponse(Batch(desk, prepared, lines, key).outcomes(), media_type=NDJSON)

    lines_told = {"schema": schema_of(operations), "example": example_of(operations)}
    outcomes_told = {"schema": OUTCOME, "example": '{"line":1,"status":201,"position":42,"answer":{"version":1}}\n'}
    router.add_api_route(
        "/batch",
        batch,
        methods=["POST"],
        operation_id=name,
        response_class=StreamingResponse,
        openapi_extra={"requestBody": {"required": True, "content": {NDJSON: lines_told}}},
        responses={200: {"description": "An outcome a line.", "content": {NDJSON: outcomes_told}}}
        | problems(TooManyLines),
        max_body_size=MOST_BYTES,
    )


async def lines_of(request: Request) -> list[bytes]:
    """Return the request's lines, blank ones left out, before anything is done. Raises ``TooManyLines``."""
    body = await request.body()
    lines = [line for line in body.split(b"\n") if line.strip()]
    if len(lines) > MOST_LINES:
        raise TooManyLines(lines=len(lines))
    return lines
