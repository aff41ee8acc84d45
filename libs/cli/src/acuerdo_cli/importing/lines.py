"""A story as lines of batches: who is told what, in which order, always in the same words."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from acuerdo_cli.importing.codes import identity, slug
from acuerdo_cli.importing.mapping import Calendar
from acuerdo_cli.importing.story import Answered, CameBack, Noted, Parked, Solved, Step, Story, Worked
from acuerdo_cli.importing.survey import FoundTeam, Survey, service_code
from acuerdo_cli.importing.terms import DOWN, SCALE, UP
from acuerdo_cli.importing.waves import Line, Stage

CUSTOMERS, CONTACTS, CASES, TEAMS = "customers", "contacts", "cases", "teams"
WORK, LOOP, SECOND = "work", "loop", "second"
"""The batches. ``SECOND`` is that of the loop too, sent by the second operator."""

SAID = "as the source says"
CHANNEL = "api"


class Lines:
    """Writes the lines of one import. Ids and keys follow from the agreement, the case and the step.

    ``teams``: the ids that the service gave the solver teams, by the names that the source calls them.
    """

    def __init__(self, agreement_id: UUID, teams: Mapping[str, str]) -> None:
        self._agreement = str(agreement_id)
        self.teams = teams

    def team(self, name: str, team: FoundTeam, calendar: Calendar, found: Survey) -> Stage:
        """Return what makes a solver team known. It covers nothing: which work it takes is for people to say."""
        line = {
            "operation": "registerTeam",
            "key": f"import.{identity(self._agreement, 'team', name).hex}",
            "occurred_at": found.first.isoformat() if found.first else None,
            "agreement_id": self._agreement,
            "external_reference": name,
            "name": name,
            "companies": sorted(team.companies),
            "calendar": {
                "time_zone": calendar.time_zone,
                "week": {day: [list(interval) for interval in intervals] for day, intervals in calendar.week.items()},
                "holidays": list(calendar.holidays),
            },
        }
        return _stage(TEAMS, 0, line | ({"level": team.level} if team.level else {}))

    def customer(self, story: Story) -> Stage:
        """Return what makes the case's customer known: the source does not say who they are."""
        line = self._opening(story, "registerCustomer") | {"language": story.about.language}
        return _stage(CUSTOMERS, story.line, line | {"external_reference": story.case})

    def contact(self, story: Story) -> Stage:
        """Return the contact that the case began with."""
        line = self._opening(story, "recordContact") | {
            "customer_reference": story.case,
            "channel": CHANNEL,
            "external_reference": story.case,
            "summary": story.about.about,
        }
        return _stage(CONTACTS, story.line, line)

    def case(self, story: Story, customer_id: str, contact_id: str) -> Stage:
        """Return the opening of the case."""
        about = story.about
        line = self._opening(story, "openCase") | {
            "customer_id": customer_id,
            "contact_id": contact_id,
            "service": service_code(story.team.company, about.service),
            "activity": slug(about.activity),
            "region": slug(about.region),
            "priority": about.priority,
            "need": about.about,
            "external_reference": story.case,
        }
        return _stage(CASES, story.line, line)

    def course(self, story: Story, case_id: str) -> list[Stage]:
        """Return all that followed, by where it is sent; neighbours that go to the same place go together.

        The first line about work goes alone: were the case, or its round, to become known there in the middle of a
        request, later lines would be accepted and earlier ones not.
        """
        stages: list[Stage] = []
        for to, line, row in self._told(story, case_id):
            if _goes_on(stages, to):
                last = stages[-1]
                stages[-1] = Stage(to=to, lines=(*last.lines, line), rows=(*last.rows, row))
            else:
                stages.append(Stage(to=to, lines=(line,), rows=(row,)))
        return stages

    def _told(self, story: Story, case_id: str) -> Iterator[tuple[str, Line, int]]:
        solved = {step.round: step.at for step in story.steps if isinstance(step, Solved)}
        parked, was = False, None
        for number, step in enumerate(story.steps):
            if isinstance(step, Worked) and was is not None and _as_before(was, step):
                continue
            was = step if isinstance(step, Worked) else was if isinstance(step, Noted) else None
            telling = _Telling(case_id, step, number, self)
            match step:
                case Worked() | Solved() | Noted():
                    told = telling.work()
                case Answered():
                    told = telling.feedback(amended_at=solved.get(step.round + 1))
                case Parked():
                    told = telling.parking()
                case CameBack():
                    told = telling.unparking() if parked else telling.coming_back(story, self._agreement)
            parked = isinstance(step, Parked) or (parked and isinstance(step, Noted))
            yield from ((to, line, step.line) for to, line in told)

    def _opening(self, story: Story, operation: str) -> dict[str, Any]:
        return {
            "operation": operation,
            "key": f"{identity(self._agreement, story.case).hex}.open",
            "occurred_at": story.opened_at.isoformat(),
            "performed_by": _performer(story.person, story.team.company, "touchpoint-agent"),
            "agreement_id": self._agreement,
        }


class _Telling:
    """The lines of one step."""

    def __init__(self, case_id: str, step: Step, number: int, lines: Lines) -> None:
        self._case_id = case_id
        self._step = step
        self._number = number
        self._lines = lines

    def work(self) -> Iterator[tuple[str, Line]]:
        """Yield what the team did."""
        step = self._step
        line = self._line("recordWork") | {
            "performed_by": _performer(step.person, step.team.company, "solver"),
            "team_id": self._lines.teams[step.team.name],
            "company": slug(step.team.company),
        }
        match step:
            case Worked(how=how, reason=reason):
                line |= {"activity": how, "round": step.round} | ({"reason": reason} if how == "paused" else {})
            case Noted(said=said):
                line |= {"activity": "note", "note": said or SAID}
            case _:
                line |= {"activity": "solved", "round": step.round}
        yield WORK, line

    def feedback(self, *, amended_at: datetime | None) -> Iterator[tuple[str, Line]]:
        """Yield the customer's word, its approval, and what was put right before the customer was asked again."""
        step = self._step
        positive = isinstance(step, Answered) and step.positive
        feedback_id = str(self._id("feedback"))
        taken = {"scale": SCALE, "score": UP if positive else DOWN, "channel": CHANNEL, "feedback_id": feedback_id}
        yield LOOP, self._line("takeFeedback") | taken | ({} if positive else {"reason": SAID})
        yield SECOND, self._line("approveFeedback") | {"feedback_id": feedback_id}
        if not positive and amended_at is not None:
            yield from self._amending(amended_at)

    def _amending(self, done_at: datetime) -> Iterator[tuple[str, Line]]:
        action_id = str(self._id("action"))
        done = {"occurred_at": done_at.isoformat()}
        action = {"action_id": action_id, "company": slug(self._step.team.company), "what": SAID}
        yield LOOP, self._line("stateRootCause") | {"cause": SAID}
        yield LOOP, self._line("openCorrectiveAction") | action | {"due": done_at.isoformat()}
        yield LOOP, self._line("finishCorrectiveAction") | done | {"action_id": action_id, "evidence": SAID}

    def parking(self) -> Iterator[tuple[str, Line]]:
        """Yield that the case rests, as two people say."""
        reason = self._step.reason if isinstance(self._step, Parked) else ""
        yield LOOP, self._line("proposeParking") | {"reason": reason, "text": SAID}
        yield SECOND, self._line("approveParking")

    def unparking(self) -> Iterator[tuple[str, Line]]:
        """Yield that the case goes on."""
        yield LOOP, self._line("unpark") | {"reason": SAID}

    def coming_back(self, story: Story, agreement: str) -> Iterator[tuple[str, Line]]:
        """Yield the contact of a customer who came back, and the round that it opens."""
        contact = self._line("recordContact") | {
            "performed_by": _performer(self._step.person, self._step.team.company, "touchpoint-agent"),
            "agreement_id": agreement,
            "customer_reference": story.case,
            "channel": CHANNEL,
            "external_reference": f"{story.case}#{self._number}",
            "summary": self._step.said if isinstance(self._step, CameBack) and self._step.said else SAID,
        }
        yield CONTACTS, contact
        yield LOOP, self._line("comeBack")

    def _line(self, operation: str) -> dict[str, Any]:
        return {
            "operation": operation,
            "key": f"{UUID(self._case_id).hex}.{self._number}",
            "occurred_at": self._step.at.isoformat(),
            "case_id": self._case_id,
        }

    def _id(self, what: str) -> UUID:
        return identity(self._case_id, what, self._number)


def _goes_on(stages: list[Stage], to: str) -> bool:
    """Tell whether a line may join the last of *stages*."""
    alone = to == WORK and (len(stages) < 2 or stages[-2].to != to)
    return bool(stages) and stages[-1].to == to and not alone


def _as_before(was: Worked, step: Worked) -> bool:
    """Tell whether *step* says no more than the row before: it would be accepted and change nothing."""
    return (was.how, was.team, was.reason, was.round) == (step.how, step.team, step.reason, step.round)


def _performer(person: str, company: str, role: str) -> dict[str, str]:
    return {"person": person, "company": slug(company), "role": role}


def _stage(to: str, row: int, line: Line) -> Stage:
    return Stage(to=to, lines=(line,), rows=(row,))
