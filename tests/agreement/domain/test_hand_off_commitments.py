"""What one company hands over to another is judged by the clause that promises it, in working time, without pauses."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from agreement.domain.hand_off import CLOSED, ELSEWHERE, NOT_NEEDED, TAKEN_BACK, decider, due
from agreement.domain.hand_off_clock import IN_TIME, LATE, PASSED
from agreement.domain.hand_off_commands import (
    Command,
    DeclineWork,
    DirectWork,
    DropWork,
    EndWork,
    FollowHandOffs,
    LookAtTheClock,
    NoteItem,
    ParkWork,
    PauseWork,
    ResumeWork,
    SolveWork,
    TakeBackWork,
    TakeWork,
    UnparkWork,
)
from agreement.domain.hand_off_facts import (
    HandOffCommitmentBegun,
    HandOffCommitmentEnded,
    HandOffCommitmentMet,
    HandOffCommitmentMissed,
)
from agreement.domain.measure import UnsoundMoment
from agreement.domain.terms import Ola, Terms, bound_by, ola_between
from common.testing.deciding import Given, given

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CASE, ITEM, OTHER = UUID(int=7), UUID(int=8), UUID(int=9)
World = Given[Any, Command, Any]
Verdicts = list[tuple[str, str, str, timedelta]]


def promise(clause_id: str, customer: str, supplier: str, service: str = "*", acceptance: timedelta = HOUR) -> Ola:
    return Ola(
        clause_id=clause_id,
        customer=customer,
        supplier=supplier,
        service=service,
        acceptance=acceptance,
        resolution=4 * HOUR,
        calendar="office",
    )


@pytest.fixture
def promising(terms: Terms) -> Terms:
    """The network answers telco within an hour and solves within four; so does telco whoever hands over to it."""
    return replace(terms, olas=(promise("o-1", "telco-a", "net-b"), promise("o-2", "*", "telco-a")))


@pytest.fixture
def following(agreement_id: UUID, monday: datetime) -> FollowHandOffs:
    return FollowHandOffs(
        case_id=CASE,
        agreement_id=agreement_id,
        agreement_version=1,
        company="telco-a",
        service="fibre",
        imported=False,
        at=monday,
    )


class Work:
    """Says what the solver teams say of one item; ``at`` is hours after Monday, ten in Madrid."""

    def __init__(self, terms: Terms, monday: datetime) -> None:
        self._terms = terms
        self._monday = monday

    def at(self, hours: float) -> datetime:
        return self._monday + hours * HOUR

    def offered(self, hours: float, supplier: str = "net-b", customer: str | None = None) -> DirectWork:
        return DirectWork(
            item_id=ITEM, round=1, customer=customer, supplier=supplier, terms=self._terms, at=self.at(hours)
        )

    def taken(self, hours: float, supplier: str = "net-b") -> TakeWork:
        return TakeWork(item_id=ITEM, round=1, supplier=supplier, terms=self._terms, at=self.at(hours))

    def of_item(self, command: type[Any], hours: float) -> Any:
        return command(item_id=ITEM, terms=self._terms, at=self.at(hours))

    def of_case(self, command: type[Any], hours: float) -> Any:
        return command(terms=self._terms, at=self.at(hours))

    def looked(self, hours: float) -> LookAtTheClock:
        return LookAtTheClock(at=self.at(hours))


@pytest.fixture
def work(promising: Terms, monday: datetime) -> Work:
    return Work(promising, monday)


@pytest.fixture
def opened(following: FollowHandOffs) -> World:
    return given(decider).after(following)


def judged(world: World, command: Command) -> Verdicts:
    """What a command brought about, as (verdict, target, rule, how long)."""
    facts = world.decider.decide(world.state, command)
    world.decider.fold(facts, world.state)
    verdicts = HandOffCommitmentMet | HandOffCommitmentMissed | HandOffCommitmentEnded
    return [
        (type(fact).__name__.removeprefix("HandOffCommitment"), fact.target, fact.rule, fact.took)
        for fact in facts
        if isinstance(fact, verdicts)
    ]


def test_the_more_precise_line_prevails(terms: Terms) -> None:
    lines = [
        promise("any", "*", "net-b"),
        promise("service", "*", "net-b", "fibre"),
        promise("customer", "telco-a", "net-b"),
        promise("both", "telco-a", "net-b", "fibre"),
    ]

    def prevailing(customer: str, service: str, of: int) -> str | None:
        found = ola_between(replace(terms, olas=tuple(lines[:of])), customer, "net-b", service)
        return found.clause_id if found else None

    assert [prevailing("telco-a", "fibre", of) for of in range(5)] == [None, "any", "service", "customer", "both"]
    assert [prevailing("desk-c", "fibre", 4), prevailing("desk-c", "mobile", 4)] == ["service", "any"]
    assert prevailing("net-b", "fibre", 4) is None
    assert bound_by(lines[0]) == "net-b"


def test_a_hand_off_runs_in_the_working_time_of_its_clause(opened: World, work: Work) -> None:
    (fact,) = opened.decider.decide(opened.state, work.offered(2.5))
    assert isinstance(fact, HandOffCommitmentBegun)
    assert (fact.clause_id, fact.customer, fact.supplier, fact.hand_off) == ("o-1", "telco-a", "net-b", 1)
    assert (fact.target, fact.within, fact.due_at) == ("acceptance", HOUR, work.at(4.5))  # lunch from three to four


def test_what_nobody_promised_has_no_clock_and_no_verdict(opened: World, work: Work, following: FollowHandOffs) -> None:
    opened.when(work.offered(0, "desk-c")).then_nothing()
    opened.when(work.offered(0, "telco-a")).then_nothing()
    opened.after(work.offered(0, "desk-c")).when(work.taken(9, "desk-c")).then_nothing()
    for command in (work.offered(0), work.taken(1), work.of_item(SolveWork, 2), work.of_case(EndWork, 2)):
        given(decider).when(command).then_nothing()
    opened.when(following).then_nothing()


def test_an_offer_answered_in_time_meets_the_acceptance_whatever_the_answer(opened: World, work: Work) -> None:
    offered = opened.after(work.offered(0))
    assert judged(offered, work.taken(1)) == [("Met", "acceptance", IN_TIME, HOUR)]
    assert judged(offered, work.of_item(DeclineWork, 0.5)) == [("Met", "acceptance", IN_TIME, HOUR / 2)]
    assert judged(offered, work.of_item(DeclineWork, 2)) == [("Missed", "acceptance", LATE, 2 * HOUR)]
    offered.after(work.of_item(DeclineWork, 2)).when(work.of_item(DeclineWork, 2)).then_nothing()


def test_a_verdict_names_its_clause_version_deadline_and_how_long_it_took(
    opened: World, work: Work, following: FollowHandOffs
) -> None:
    opened.after(work.offered(0)).when(work.of_item(DeclineWork, 0.5)).then(
        HandOffCommitmentMet(
            case_id=CASE,
            agreement_id=following.agreement_id,
            agreement_version=1,
            item_id=ITEM,
            round=1,
            hand_off=1,
            target="acceptance",
            clause_id="o-1",
            customer="telco-a",
            supplier="net-b",
            due_at=work.at(1),
            took=HOUR / 2,
            rule=IN_TIME,
            at=work.at(0.5),
        )
    )


def test_what_was_accepted_is_to_be_solved_within_the_resolution_from_then_on(opened: World, work: Work) -> None:
    held = opened.after(work.offered(0), work.taken(0.5))
    assert due(held.state) == work.at(5.5)  # four hours and the lunch
    assert judged(held, work.of_item(SolveWork, 5.5)) == [("Met", "resolution", IN_TIME, 4 * HOUR)]
    assert judged(held, work.of_item(SolveWork, 6)) == [("Missed", "resolution", LATE, 4.5 * HOUR)]


def test_pauses_do_not_count(opened: World, work: Work) -> None:
    paused = opened.after(work.offered(0), work.taken(0), work.of_item(PauseWork, 1))
    assert due(paused.state) is None
    paused.when(work.of_item(PauseWork, 2)).then_nothing()
    going = paused.after(work.of_item(ResumeWork, 24))  # the next day at ten
    assert due(going.state) == work.at(24 + 3)
    assert judged(going, work.of_item(SolveWork, 26)) == [("Met", "resolution", IN_TIME, 3 * HOUR)]
    assert judged(paused, work.of_item(SolveWork, 9 * 24)) == [("Met", "resolution", IN_TIME, HOUR)]
    going.when(work.of_item(ResumeWork, 25)).then_nothing()


def test_a_pause_after_the_deadline_does_not_undo_it(opened: World, work: Work) -> None:
    held = opened.after(work.offered(0), work.taken(0))
    assert judged(held, work.of_item(PauseWork, 6)) == [("Missed", "resolution", PASSED, 4 * HOUR)]
    going = held.after(work.of_item(PauseWork, 6), work.of_item(ResumeWork, 24))
    assert due(going.state) is None
    assert judged(going, work.of_item(SolveWork, 24)) == [("Ended", "resolution", LATE, 5 * HOUR)]


def test_a_parked_case_stops_every_clock_and_a_pause_outlives_it(opened: World, work: Work) -> None:
    parked = opened.after(work.offered(0), work.of_case(ParkWork, 0.5))
    assert due(parked.state) is None
    assert due(parked.after(work.of_case(UnparkWork, 24)).state) == work.at(24.5)
    both = opened.after(work.offered(0), work.taken(0), work.of_item(PauseWork, 1), work.of_case(ParkWork, 2))
    unparked = both.after(work.of_case(UnparkWork, 24))
    assert due(unparked.state) is None
    assert due(unparked.after(work.of_item(ResumeWork, 25)).state) == work.at(25 + 4)


def test_handing_over_onward_is_the_resolution_once_it_is_accepted(opened: World, work: Work) -> None:
    onward = opened.after(work.offered(0), work.taken(0), work.offered(1, "telco-a", "net-b"))
    assert judged(onward, work.taken(2, "telco-a")) == [
        ("Met", "acceptance", IN_TIME, HOUR),
        ("Met", "resolution", IN_TIME, 2 * HOUR),
    ]
    back = onward.after(work.taken(2, "telco-a"))
    assert judged(back, work.of_item(SolveWork, 4)) == [("Met", "resolution", IN_TIME, HOUR)]


def test_to_hand_over_within_the_company_changes_nothing_but_ends_the_pause(opened: World, work: Work) -> None:
    held = opened.after(work.offered(0), work.taken(0))
    within = held.after(work.offered(1, "net-b", "net-b"), work.taken(1))
    assert within.state == held.state
    paused = held.after(work.of_item(PauseWork, 1), work.offered(2, "net-b", "net-b"), work.taken(2))
    assert due(paused.state) == work.at(6)


def test_an_offer_taken_back_or_directed_elsewhere_is_not_judged(opened: World, work: Work) -> None:
    offered = opened.after(work.offered(0))
    assert judged(offered, work.of_item(TakeBackWork, 0.5)) == [("Ended", "acceptance", TAKEN_BACK, HOUR / 2)]
    assert judged(offered, work.offered(0.5, "desk-c")) == [("Ended", "acceptance", ELSEWHERE, HOUR / 2)]
    assert judged(offered, work.of_item(DropWork, 0.5)) == [("Ended", "acceptance", NOT_NEEDED, HOUR / 2)]
    assert judged(offered, work.of_case(EndWork, 0.5)) == [("Ended", "acceptance", CLOSED, HOUR / 2)]


def test_what_was_due_before_it_was_taken_back_is_missed(opened: World, work: Work) -> None:
    offered = opened.after(work.offered(0))
    late = [("Missed", "acceptance", PASSED, HOUR), ("Ended", "acceptance", TAKEN_BACK, 2 * HOUR)]
    assert judged(offered, work.of_item(TakeBackWork, 2)) == late
    assert judged(offered.after(work.looked(1)), work.of_item(TakeBackWork, 2)) == late[1:]


def test_a_deadline_that_passes_is_stated_by_the_clock_once(opened: World, work: Work) -> None:
    offered = opened.after(work.offered(0))
    assert due(offered.state) == work.at(1)
    offered.when(work.looked(0.5)).then_nothing()
    assert judged(offered, work.looked(1)) == [("Missed", "acceptance", PASSED, HOUR)]
    stated = offered.after(work.looked(1))
    stated.when(work.looked(2)).then_nothing()
    assert due(stated.state) is None
    assert judged(stated, work.taken(2)) == [("Ended", "acceptance", LATE, 2 * HOUR)]


def test_news_of_what_was_done_in_time_wins_over_the_clock(opened: World, work: Work) -> None:
    stated = opened.after(work.offered(0), work.looked(9))
    assert judged(stated, work.taken(0.5)) == [("Met", "acceptance", IN_TIME, HOUR / 2)]
    held = opened.after(work.offered(0), work.taken(0), work.looked(48))
    paused = held.after(work.of_item(PauseWork, 1), work.of_item(ResumeWork, 47))
    assert due(paused.state) is not None
    assert judged(paused, work.of_item(SolveWork, 48)) == [("Met", "resolution", IN_TIME, 2 * HOUR)]


def test_an_imported_case_is_judged_by_its_history_and_not_by_todays_clock(
    following: FollowHandOffs, work: Work
) -> None:
    offered = given(decider).after(replace(following, imported=True), work.offered(0))
    assert due(offered.state) is None
    assert judged(offered, work.taken(5)) == [("Missed", "acceptance", LATE, 4 * HOUR)]


def test_who_opened_an_item_holds_it_until_it_is_taken(opened: World, work: Work, monday: datetime) -> None:
    item = NoteItem(item_id=ITEM, company="net-b", at=monday)
    noted = opened.after(item)
    noted.when(item).then_nothing()
    (fact,) = noted.decider.decide(noted.state, work.offered(0, "telco-a"))
    assert isinstance(fact, HandOffCommitmentBegun)
    assert (fact.clause_id, fact.customer) == ("o-2", "net-b")
    noted.when(work.offered(0)).then_nothing()


def test_each_item_has_clocks_of_its_own(opened: World, work: Work) -> None:
    both = opened.after(work.offered(0), replace(work.offered(0.5), item_id=OTHER))
    assert judged(both, work.taken(0.5)) == [("Met", "acceptance", IN_TIME, HOUR / 2)]
    assert due(both.after(work.taken(0.5)).state) == work.at(1.5)


def test_no_working_time_is_counted_from_the_end_of_the_world(opened: World, work: Work) -> None:
    opened.when(replace(work.offered(0), at=work.at(0).replace(year=9999))).then_refused(UnsoundMoment)
