"""Many cases at once, each step by step: what one service must know first is sent, and waited for, first."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from acuerdo_cli.importing.rows import Reject
from acuerdo_client import Outcome, Problem
from common.values import value

Line = Mapping[str, Any]
Send = Callable[[str, Sequence[Line]], Awaitable[Sequence[Outcome]]]
"""Sends lines to a batch, named by its address; one outcome per line."""

_NEVER = frozenset({400, 401, 403, 413, 422})
"""Statuses of refusals that waiting does not change."""

_DECIDED = ("-differs", "-exists")
"""How the names of conflicts end that waiting does not change: the same thing is known otherwise."""

PATIENCE = 180.0
"""Seconds for which a line that is refused is sent again: what it rests on may still be on its way to its service."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0


@value
class Stage:
    """Lines about one case that go to one batch together; ``rows`` are the rows of the source they come from."""

    to: str
    lines: tuple[Line, ...]
    rows: tuple[int, ...]


@dataclass(slots=True)
class Course:
    """One case on its way: the stages before it, and since when and with which pause its first line is refused.

    ``told_otherwise``: the line it ended at, where that was imported before in other words.
    """

    stages: list[Stage]
    refused_since: float | None = None
    pause: float = _FIRST_PAUSE
    not_before: float = 0
    refused: Reject | None = None
    told_otherwise: Line | None = None
    answers: list[Any] = field(default_factory=list[Any])

    def settle(self, outcomes: Sequence[Outcome], now: float) -> None:
        """Go on to the next stage, or try again later where a line was not accepted yet, or end where it never will."""
        stage = self.stages[0]
        failed = next((n for n, outcome in enumerate(outcomes) if outcome.problem is not None), None)
        self.answers += [outcome.answer for outcome in outcomes[:failed]]
        if failed != 0:
            self.refused_since, self.pause = None, _FIRST_PAUSE
        if failed is None:
            self.stages = self.stages[1:]
            return
        why = outcomes[failed].problem
        assert why is not None  # noqa: S101  that is how it was found
        self.stages[0] = Stage(to=stage.to, lines=stage.lines[failed:], rows=stage.rows[failed:])
        self._later(why, now)

    def _later(self, why: Problem, now: float) -> None:
        self.refused_since = now if self.refused_since is None else self.refused_since
        never = why.status in _NEVER or why.name.endswith(_DECIDED)
        if never or now - self.refused_since > PATIENCE:
            stage = self.stages[0]
            self.stages = []
            self.refused = Reject(line=stage.rows[0], reason=said(why, stage.lines[0]))
            self.told_otherwise = stage.lines[0] if why.name == _TOLD_OTHERWISE else None
        self.not_before = now + self.pause
        self.pause = min(self.pause * 2, _LONGEST_PAUSE)


_TOLD_OTHERWISE = "key-used-otherwise"
"""The refusal of a key that was used for other words: an import's keys stay the same when its names change."""

_OPENING, _AMENDS, _PARKING = "the opening of the case", "what was put right", "the parking of the case"
_WORDS = {
    "registerTeam": "the team",
    "registerCustomer": _OPENING,
    "openCase": _OPENING,
    "recordContact": "the customer's contact",
    "recordWork": "the work",
    "takeFeedback": "the customer's feedback",
    "approveFeedback": "the customer's feedback",
    "stateRootCause": _AMENDS,
    "openCorrectiveAction": _AMENDS,
    "finishCorrectiveAction": _AMENDS,
    "proposeParking": _PARKING,
    "approveParking": _PARKING,
    "unpark": "the taking up of the case",
    "comeBack": "the customer's coming back",
}
"""What a line tells, for people: they know their rows, not the operations that these became."""


def said(why: Problem, line: Line) -> str:
    """Return why a line was refused, for the rejects file."""
    what = _WORDS.get(line["operation"], line["operation"])
    when = f" (at {line['occurred_at']})" if line.get("occurred_at") else ""
    if why.name == _TOLD_OTHERWISE:
        return f"{what}{when} was imported otherwise before and stays so: has its row, or a name in 'names', changed?"
    return f"{what}{when} was refused: {why.title} {why.detail if why.detail != why.title else ''}".strip()


async def run(courses: Sequence[Course], send: Send) -> list[Reject]:
    """Send all stages of *courses*, wave after wave; return what was refused."""
    clock = asyncio.get_running_loop().time
    while going := [course for course in courses if course.stages]:
        ready = [course for course in going if course.not_before <= clock()]
        waves: dict[str, list[Course]] = defaultdict(list)
        for course in ready:
            waves[course.stages[0].to].append(course)
        await asyncio.gather(*(_wave(to, some, send, clock) for to, some in waves.items()))
        if not ready:
            await asyncio.sleep(min(course.not_before for course in going) - clock())
    return [course.refused for course in courses if course.refused is not None]


async def _wave(to: str, courses: Sequence[Course], send: Send, clock: Callable[[], float]) -> None:
    outcomes = await send(to, [line for course in courses for line in course.stages[0].lines])
    first = 0
    for course in courses:
        last = first + len(course.stages[0].lines)
        course.settle(outcomes[first:last], clock())
        first = last
