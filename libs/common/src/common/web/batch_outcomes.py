"""What became of each line of a batch, given out in order as soon as it is known."""

import asyncio
from collections.abc import AsyncIterator

import msgspec

from common.eventstore.recorded import Answered
from common.refusals import Refusal
from common.web.problems import Problem, plain_problem, problem_of
from common.web.writing import KeyUsedOtherwise, with_version


class Outcomes:
    """One outcome for each of *count* lines, numbered from 1."""

    def __init__(self, count: int) -> None:
        self._known: list[bytes | None] = [None] * count
        self._moved = asyncio.Event()

    async def in_order(self) -> AsyncIterator[bytes]:
        """Give the outcomes as NDJSON, those that are ready together."""
        given = 0
        while given < len(self._known):
            ready = self._ready(given)
            given += len(ready)
            if ready:
                yield b"".join(ready)
            else:
                self._moved.clear()
                await self._moved.wait()

    def refuse(self, number: int, refusal: Refusal) -> None:
        """Line *number* was refused."""
        self._fail(number, problem_of(refusal))

    def fail(self, number: int) -> None:
        """Line *number* failed by a fault of ours."""
        self._fail(number, plain_problem(500, "internal"))

    def end_the_rest(self, refusal: Refusal | None) -> None:
        """Every line with no outcome yet meets *refusal*; without one it failed by a fault of ours."""
        for number, outcome in enumerate(self._known, 1):
            if outcome is None and refusal is not None:
                self.refuse(number, refusal)
            elif outcome is None:
                self.fail(number)

    def accept(self, number: int, status: int, said: bytes, version: int, position: int, *, again: bool) -> None:
        """Line *number* was done; *again*: when it was asked before."""
        head = b'{"line":%d,"status":%d,"position":%d,' % (number, status, position)
        replayed = b'"replayed":true,' if again else b""
        self._give(number, head + replayed + b'"answer":' + with_version(said, version) + b"}")

    def replay(self, number: int, fingerprint: bytes, first: Answered) -> None:
        """Line *number* was asked before: its first answer again, or a refusal if it was another line then."""
        if first.fingerprint != fingerprint:
            self.refuse(number, KeyUsedOtherwise())
        else:
            self.accept(number, first.status, first.answer, first.version, first.position, again=True)

    def _fail(self, number: int, problem: Problem) -> None:
        outcome = {"line": number, "status": problem["status"], "problem": problem}
        self._give(number, msgspec.json.encode(outcome, enc_hook=str))

    def _give(self, number: int, outcome: bytes) -> None:
        self._known[number - 1] = outcome + b"\n"
        self._moved.set()

    def _ready(self, given: int) -> list[bytes]:
        ready: list[bytes] = []
        for position in range(given, len(self._known)):
            outcome = self._known[position]
            if outcome is None:
                break
            ready.append(outcome)
        return ready
