"""A case is judged by the version it was opened under, once per stretch, by clocks and by what is reported."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from agreement.domain.measure import (
    IN_TIME,
    LATE,
    PASSED,
    Measured,
    NotMeasuredYet,
    UnsoundMoment,
    decider,
    due,
)
from agreement.domain.measure_commands import (
    Command,
    LookAtTheClock,
    MeasureCase,
    MovePriority,
    NoteClosing,
    NoteResponse,
    NoteRound,
)
from agreement.domain.measure_facts import CaseMeasured, RoundMeasured, TargetMet, TargetMissed, TargetsMoved
from agreement.domain.terms import Terms
from common.testing.deciding import Given, given

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CASE = UUID(int=7)
World = Given[Any, Command, Any]


@pytest.fixture
def measuring(terms: Terms, agreement_id: UUID, monday: datetime) -> MeasureCase:
    """Opened on Monday at ten in Madrid with priority high: an answer is due at eleven, a solution at three."""
    return MeasureCase(
        case_id=CASE,
        agreement_id=agreement_id,
        agreement_version=1,
        priority=terms.priorities[0],
        calendar=terms.calendars[0],
        answered=False,
        imported=False,
        at=monday,
    )


@pytest.fixture
def judged(measuring: MeasureCase) -> Callable[[World, Command], list[tuple[str, str, str]]]:
    """What a command brought about, as (verdict, target, rule)."""

    def judge(world: World, command: Command) -> list[tuple[str, str, str]]:
        facts = world.decider.decide(world.state, command)
        return [
            (type(fact).__name__, fact.target, fact.rule)
            for fact in facts
            if isinstance(fact, TargetMet | TargetMissed)
        ]

    return judge


Judge = Callable[[World, Command], list[tuple[str, str, str]]]


def test_targets_are_due_in_the_working_time_of_the_priority(measuring: MeasureCase, monday: datetime) -> None:
    (fact,) = decider.decide(decider.initial, measuring)
    assert isinstance(fact, CaseMeasured)
    assert (fact.response_due, fact.resolution_due) == (monday + HOUR, monday + 5 * HOUR)
    assert (fact.clause_id, fact.agreement_version) == ("p-1", 1)
    given(decider).after(measuring).when(measuring).then_nothing()


def test_work_accepted_in_time_meets_the_response(measuring: MeasureCase, monday: datetime, judged: Judge) -> None:
    opened = given(decider).after(measuring)
    assert judged(opened, NoteResponse(at=monday + HOUR)) == [("TargetMet", "response", IN_TIME)]
    assert judged(opened, NoteResponse(at=monday + 2 * HOUR)) == [("TargetMissed", "response", LATE)]
    opened.after(NoteResponse(at=monday)).when(NoteResponse(at=monday + 9 * HOUR)).then_nothing()


def test_a_verdict_names_its_clause_version_deadline_and_rule(measuring: MeasureCase, monday: datetime) -> None:
    given(decider).after(measuring).when(NoteResponse(at=monday)).then(
        TargetMet(
            case_id=CASE,
            agreement_id=measuring.agreement_id,
            agreement_version=1,
            clause_id="p-1",
            target="response",
            round=1,
            due_at=monday + HOUR,
            rule=IN_TIME,
            at=monday,
        )
    )


def test_a_case_solved_at_the_first_contact_was_answered_at_once(measuring: MeasureCase, judged: Judge) -> None:
    answered = replace(measuring, answered=True)
    assert judged(given(decider), answered) == [("TargetMet", "response", IN_TIME)]


def test_a_deadline_that_passes_is_stated_by_the_clock_once(
    measuring: MeasureCase, monday: datetime, judged: Judge
) -> None:
    opened = given(decider).after(measuring)
    assert due(opened.state) == monday + HOUR
    opened.when(LookAtTheClock(at=monday + HOUR / 2)).then_nothing()
    look = LookAtTheClock(at=monday + HOUR)
    assert judged(opened, look) == [("TargetMissed", "response", PASSED)]
    late = opened.after(look)
    assert due(late.state) == monday + 5 * HOUR
    late.when(look).then_nothing()
    assert judged(late, LookAtTheClock(at=monday + 9 * DAY)) == [("TargetMissed", "resolution", PASSED)]
    assert due(late.after(LookAtTheClock(at=monday + 9 * DAY)).state) is None


def test_news_that_arrives_late_of_what_was_done_in_time_wins_over_the_clock(
    measuring: MeasureCase, monday: datetime, judged: Judge
) -> None:
    passed = given(decider).after(measuring, LookAtTheClock(at=monday + DAY))
    assert judged(passed, NoteResponse(at=monday + HOUR)) == [("TargetMet", "response", IN_TIME)]
    assert judged(passed, NoteClosing(at=monday + 2 * HOUR)) == [("TargetMet", "resolution", IN_TIME)]
    passed.when(NoteResponse(at=monday + 2 * HOUR)).then_nothing()


def test_closing_judges_the_resolution_and_an_answer_nobody_reported(
    measuring: MeasureCase, monday: datetime, judged: Judge
) -> None:
    opened = given(decider).after(measuring)
    assert judged(opened, NoteClosing(at=monday + HOUR)) == [
        ("TargetMet", "resolution", IN_TIME),
        ("TargetMet", "response", IN_TIME),
    ]
    assert judged(opened, NoteClosing(at=monday + 6 * HOUR)) == [
        ("TargetMissed", "resolution", LATE),
        ("TargetMissed", "response", PASSED),
    ]
    closed = opened.after(NoteClosing(at=monday + 2 * HOUR))
    assert due(closed.state) is None
    closed.when(NoteClosing(at=monday + 9 * HOUR)).then_nothing()
    closed.when(LookAtTheClock(at=monday + 9 * DAY)).then_nothing()
    assert judged(closed, NoteResponse(at=monday + HOUR / 2)) == [("TargetMet", "response", IN_TIME)]


def test_another_round_before_the_closing_starts_no_new_clock(measuring: MeasureCase, monday: datetime) -> None:
    back = NoteRound(round=2, priority=measuring.priority, calendar=measuring.calendar, at=monday + HOUR)
    given(decider).after(measuring).when(back).then_nothing()


def test_a_customer_who_comes_back_starts_new_clocks_and_rewrites_no_verdict(
    measuring: MeasureCase, monday: datetime, judged: Judge
) -> None:
    back = NoteRound(round=2, priority=measuring.priority, calendar=measuring.calendar, at=monday + DAY)
    closed = given(decider).after(measuring, NoteResponse(at=monday), NoteClosing(at=monday + HOUR))
    (fact,) = decider.decide(closed.state, back)
    assert isinstance(fact, RoundMeasured)
    assert (fact.response_due, fact.agreement_version) == (monday + DAY + HOUR, 1)
    again = closed.after(back)
    assert judged(again, LookAtTheClock(at=monday + DAY + HOUR)) == [("TargetMissed", "response", PASSED)]
    again.when(NoteResponse(at=monday)).then_nothing()
    again.when(back).then_nothing()


def test_another_priority_moves_what_is_not_judged_yet(
    measuring: MeasureCase, monday: datetime, terms: Terms, judged: Judge
) -> None:
    normal = MovePriority(priority=terms.priorities[1], calendar=terms.calendars[0], at=monday)
    missed = given(decider).after(measuring, LookAtTheClock(at=monday + HOUR))
    (fact,) = decider.decide(missed.state, normal)
    assert isinstance(fact, TargetsMoved)
    assert (fact.clause_id, fact.response_due, fact.resolution_due) == ("p-2", None, monday + 2 * DAY)
    moved = missed.after(normal)
    assert due(moved.state) == monday + 2 * DAY
    moved.when(normal).then_nothing()
    assert judged(moved, NoteClosing(at=monday + DAY)) == [("TargetMet", "resolution", IN_TIME)]


def test_an_imported_case_is_judged_by_its_history_and_not_by_todays_clock(measuring: MeasureCase) -> None:
    assert due(given(decider).after(replace(measuring, imported=True)).state) is None


def test_amending_a_target_leaves_the_verdict_of_an_older_case(
    measuring: MeasureCase, monday: datetime, faster: Terms, judged: Judge
) -> None:
    under_first = given(decider).after(measuring)
    under_second = given(decider).after(replace(measuring, agreement_version=2, priority=faster.priorities[0]))
    answer = NoteResponse(at=monday + HOUR)
    assert judged(under_first, answer) == [("TargetMet", "response", IN_TIME)]
    assert judged(under_second, answer) == [("TargetMissed", "response", LATE)]
    facts = [*decider.decide(decider.initial, measuring), *decider.decide(under_first.state, answer)]
    replayed = decider.fold(facts)
    assert isinstance(replayed, Measured)
    assert replayed == under_first.after(answer).state


def test_nothing_is_noted_of_a_case_whose_opening_has_not_arrived(monday: datetime) -> None:
    given(decider).when(NoteClosing(at=monday)).then_refused(NotMeasuredYet)


def test_a_moment_far_from_any_calendar_is_refused(measuring: MeasureCase, monday: datetime) -> None:
    given(decider).when(replace(measuring, at=monday.replace(year=9999))).then_refused(UnsoundMoment)
