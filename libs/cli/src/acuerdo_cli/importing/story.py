"""The rows of one case become its story: what happened, in order, in Acuerdo's words. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, TypedDict

from acuerdo_cli.importing.meanings import Circumstances, Means, Moment, Team
from common.values import value

How = Literal["queued", "in-work", "paused"]


@value
class Worked:
    """A team was offered the work, holds it, or holds it and waits."""

    line: int
    at: datetime
    round: int
    how: How
    team: Team
    person: str
    reason: str = ""


@value
class Solved:
    """The team proposed a solution; the customer is asked."""

    line: int
    at: datetime
    round: int
    team: Team
    person: str


@value
class Answered:
    """The customer's feedback on the round's solution, as a person took it down."""

    line: int
    at: datetime
    round: int
    positive: bool
    team: Team
    person: str
    said: str


@value
class CameBack:
    """The customer of a closed or parked case made contact again: the round with this number opens."""

    line: int
    at: datetime
    round: int
    team: Team
    person: str
    said: str


@value
class Parked:
    """The case waits, open, for a reason."""

    line: int
    at: datetime
    round: int
    reason: str
    team: Team
    person: str


@value
class Noted:
    """The row is kept as a remark and changes nothing."""

    line: int
    at: datetime
    round: int
    said: str
    team: Team
    person: str


Step = Worked | Solved | Answered | CameBack | Parked | Noted


@value
class Story:
    """One case from its first row to its last."""

    case: str
    line: int
    opened_at: datetime
    team: Team
    person: str
    about: Circumstances
    steps: tuple[Step, ...]
    rows: int


def tell(moments: Sequence[Moment]) -> Story:
    """Return the story of the case that *moments* (at least one, in time order) tell."""
    first = moments[0]
    return Story(
        case=first.case,
        line=first.line,
        opened_at=first.at,
        team=first.team,
        person=first.person,
        about=first.about,
        steps=tuple(_Teller().steps(moments)),
        rows=len({moment.line for moment in moments}),
    )


_HOW: dict[Means, How] = {
    Means.QUEUED: "queued",
    Means.IN_WORK: "in-work",
    Means.PAUSED: "paused",
    Means.PASSED_ON: "in-work",
}


class _Teller:
    """Walks through a case's rows, knowing its round and who holds the work."""

    def __init__(self) -> None:
        self._round = 1
        self._holds: Team | None = None
        self._solved = self._closed = self._parked = False
        self._answers: list[Moment] = []
        self._notes: list[Moment] = []

    def steps(self, moments: Sequence[Moment]) -> Iterator[Step]:
        for moment in moments:
            match moment.means:
                case Means.NOTE:
                    self._notes.append(moment)
                case Means.SOLVED | Means.POSITIVE:
                    self._answers.append(moment)
                case Means.NEGATIVE:
                    yield from self._refused(moment)
                case Means.WITHDRAWN:
                    yield from self._withdrawn(moment)
                case _:
                    yield from self._worked(moment)
        yield from self._answered()

    def _worked(self, moment: Moment) -> Iterator[Step]:
        """Any answer, then work again: the customer was not content, or came back after having been."""
        yield from self._answered()
        if self._solved and not self._closed:
            yield self._feedback(moment, positive=False)
        yield from self._again(moment)
        yield self._work(moment)
        if moment.means is Means.PASSED_ON:
            yield self._noted(moment)

    def _again(self, moment: Moment) -> Iterator[Step]:
        if self._closed or self._parked:
            self._round += 1 if self._closed else 0
            self._closed = self._parked = self._solved = False
            yield CameBack(round=self._round, said=moment.said, **_who(moment))

    def _work(self, moment: Moment) -> Worked:
        how = _HOW[moment.means]
        self._holds = None if how == "queued" else moment.team
        return Worked(round=self._round, how=how, reason=moment.reason, **_who(moment))

    def _answered(self) -> Iterator[Step]:
        """A run of answers speaks with its last word; what that word takes back is kept as a remark."""
        answers, self._answers = self._answers, []
        notes, self._notes = self._notes, []
        told = [self._noted(note) for note in notes] + (list(self._outcome(answers)) if answers else [])
        yield from sorted(told, key=lambda step: step.line)

    def _outcome(self, answers: Sequence[Moment]) -> Iterator[Step]:
        content = next((n for n in range(len(answers)) if _all_positive(answers[n:])), len(answers))
        solution = _solution(answers[: max(content, 1)])
        yield from self._again(answers[0])
        yield from self._solve(answers[solution])
        for n, answer in enumerate(answers):
            if n == content:
                yield self._feedback(answer, positive=True)
            elif n != solution:
                yield self._noted(answer)

    def _solve(self, moment: Moment) -> Iterator[Step]:
        if self._holds != moment.team:
            yield Worked(round=self._round, how="in-work", **_who(moment))
        self._holds, self._solved = None, True
        yield Solved(round=self._round, **_who(moment))

    def _feedback(self, moment: Moment, *, positive: bool) -> Answered:
        given = Answered(round=self._round, positive=positive, said=moment.said, **_who(moment))
        self._closed = positive
        if not positive:
            self._round, self._solved = self._round + 1, False
        return given

    def _refused(self, moment: Moment) -> Iterator[Step]:
        """The source itself says that the customer is not content."""
        yield from self._answered()
        if self._closed:
            yield self._noted(moment)
            return
        if not self._solved:
            yield from self._again(moment)
            yield from self._solve(moment)
        yield self._feedback(moment, positive=False)

    def _withdrawn(self, moment: Moment) -> Iterator[Step]:
        yield from self._answered()
        if self._closed or self._parked:
            yield self._noted(moment)
            return
        self._parked, self._solved, self._holds = True, False, None
        yield Parked(round=self._round, reason=moment.reason, **_who(moment))

    def _noted(self, moment: Moment) -> Noted:
        return Noted(round=self._round, said=moment.said, **_who(moment))


class _Who(TypedDict):
    line: int
    at: datetime
    team: Team
    person: str


def _who(moment: Moment) -> _Who:
    return _Who(line=moment.line, at=moment.at, team=moment.team, person=moment.person)


def _all_positive(answers: Sequence[Moment]) -> bool:
    return all(answer.means is Means.POSITIVE for answer in answers)


def _solution(answers: Sequence[Moment]) -> int:
    """Return which of a run's answers is the solution: the first that the run's last solving team gave."""
    last = len(answers) - 1
    while last and answers[last - 1].team == answers[last].team:
        last -= 1
    return last
