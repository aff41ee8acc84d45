"""How a case opens, who decides its priority, and how its customer comes back. Nothing closes it here."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args
from uuid import UUID

import pytest

from common.refusals import NotYet
from common.shared_refusals import CaseNotImported
from common.testing.deciding import given
from common.values import Person
from touchpoints.domain import case
from touchpoints.domain.agreement import CompanyNotParty, NoAgreementInForce, ServiceNotInAgreement
from touchpoints.domain.case import CaseDiffers, CaseUnknown, DecidePriority, HearCustomer, decider
from touchpoints.domain.opening import (
    ActivityNotInAgreement,
    CaseOpened,
    OpenCase,
    PriorityProposed,
    RegionNotInAgreement,
    SolvedAtContact,
)
from touchpoints.domain.priority import PriorityUnknown
from touchpoints.domain.timeline import Joining, NoteMilestone, Turning

DAY = timedelta(days=1)


def opened_by(opening: OpenCase, *later: case.Command) -> case.Opened:
    return case.opened(given(decider).after(opening, *later).state)


def note(opening: OpenCase, milestone: Turning | Joining, *, days: int, entry: int = 1) -> NoteMilestone:
    return NoteMilestone(
        case_id=opening.case_id,
        agreement_id=opening.agreement_id,
        entry_id=UUID(int=entry),
        source="feedback-loop",
        milestone=milestone,
        round=1,
        team_id=None,
        company="net-b",
        offered_by=None,
        detail=None,
        at=opening.at + days * DAY,
    )


def hear(opening: OpenCase, *, days: int, contact: int = 70) -> HearCustomer:
    return HearCustomer(contact_id=UUID(int=contact), direction="inbound", at=opening.at + days * DAY)


def test_opening_names_the_version_the_clause_and_who_answers(opening: OpenCase) -> None:
    first, second = decider.decide(case.NotOpened(), opening)
    assert isinstance(first, CaseOpened)
    assert (first.agreement_version, first.accountable, first.accountable_clause) == (1, "net-b", "b-2")
    assert first.priority == "normal"
    assert isinstance(second, PriorityProposed)
    assert (second.proposed, second.clause_id) == ("normal", "p-3")


def test_the_opener_may_decide_the_priority_at_once(opening: OpenCase, ana: Person) -> None:
    state = opened_by(replace(opening, priority="high"))
    assert (state.priority, state.proposed, state.decided_by) == ("high", "normal", ana)
    given(decider).when(replace(opening, priority="yesterday")).then_refused(PriorityUnknown)


def test_no_case_opens_without_an_agreement_in_force(opening: OpenCase) -> None:
    given(decider).when(replace(opening, terms=None)).then_refused(NoAgreementInForce)


def test_no_case_opens_for_what_the_agreement_does_not_cover(opening: OpenCase) -> None:
    given(decider).when(replace(opening, service="gas")).then_refused(ServiceNotInAgreement)
    given(decider).when(replace(opening, activity="dig")).then_refused(ActivityNotInAgreement)
    given(decider).when(replace(opening, region="moon")).then_refused(RegionNotInAgreement)
    given(decider).when(replace(opening, company="stranger")).then_refused(CompanyNotParty)


def test_the_same_case_opens_once(opening: OpenCase) -> None:
    known = given(decider).after(opening)
    known.when(replace(opening, at=opening.at + DAY)).then_nothing()
    known.when(replace(opening, fingerprint="f9")).then_refused(CaseDiffers)
    known.when(replace(opening, solved_at_contact=SolvedAtContact(cause="c", action="a"))).then_refused(CaseDiffers)


def test_a_person_overrides_the_proposed_priority_and_both_stay_known(opening: OpenCase, ana: Person) -> None:
    terms = opening.terms
    assert terms is not None
    decide = DecidePriority(terms=terms, priority="high", decided_by=ana, imported=False, at=opening.at)
    known = given(decider).after(opening)
    known.when(decide).then(
        case.PriorityDecided(
            case_id=opening.case_id,
            agreement_id=opening.agreement_id,
            agreement_version=1,
            clause_id="p-2",
            proposed="normal",
            priority="high",
            decided_by=ana,
            at=opening.at,
        )
    )
    known.after(decide).when(decide).then_nothing()
    known.when(replace(decide, priority="yesterday")).then_refused(PriorityUnknown)
    given(decider).when(decide).then_refused(CaseUnknown)


def test_nobody_decides_for_others_in_a_case_that_people_work_on(opening: OpenCase, ana: Person) -> None:
    terms = opening.terms
    assert terms is not None
    told = DecidePriority(terms=terms, priority="high", decided_by=ana, imported=True, at=opening.at)
    live = given(decider).after(opening)
    live.when(told).then_refused(CaseNotImported)
    for fingerprint in (opening.fingerprint, "f9"):
        live.when(replace(opening, imported=True, fingerprint=fingerprint)).then_refused(CaseNotImported)
    assert opened_by(replace(opening, imported=True), told).priority == "high"


def test_accepting_the_proposal_is_a_decision_too(opening: OpenCase, ana: Person) -> None:
    terms = opening.terms
    assert terms is not None
    accept = DecidePriority(terms=terms, priority="normal", decided_by=ana, imported=False, at=opening.at)
    assert opened_by(opening, accept).decided_by == ana


@pytest.mark.parametrize("milestone", ["case-closed", "case-parked"])
def test_a_customer_comes_back_to_a_resting_case(opening: OpenCase, milestone: Turning | Joining) -> None:
    resting = given(decider).after(opening, note(opening, milestone, days=2))
    brought = decider.decide(resting.state, hear(opening, days=3))
    assert [type(fact) for fact in brought] == [case.CustomerHeard, case.CustomerCameBack]
    back = resting.after(hear(opening, days=3))
    assert [type(fact) for fact in decider.decide(back.state, hear(opening, days=4, contact=71))] == [
        case.CustomerHeard
    ]
    back.when(hear(opening, days=3)).then_nothing()


def test_a_contact_about_a_case_in_work_is_no_coming_back(opening: OpenCase) -> None:
    reopened = given(decider).after(
        opening, note(opening, "case-closed", days=1), note(opening, "round-opened", days=2, entry=2)
    )
    assert len(decider.decide(reopened.state, hear(opening, days=3))) == 1


def test_a_call_to_the_customer_is_no_coming_back(opening: OpenCase) -> None:
    resting = given(decider).after(opening, note(opening, "case-closed", days=2))
    assert len(decider.decide(resting.state, replace(hear(opening, days=3), direction="outbound"))) == 1


def test_a_contact_from_before_the_closing_is_no_coming_back(opening: OpenCase) -> None:
    resting = given(decider).after(opening, note(opening, "case-closed", days=2))
    assert len(decider.decide(resting.state, hear(opening, days=1))) == 1


def test_a_closing_learned_late_still_finds_the_customer_back(opening: OpenCase) -> None:
    heard = given(decider).after(opening, hear(opening, days=3))
    brought = decider.decide(heard.state, note(opening, "case-closed", days=2))
    assert [type(fact) for fact in brought] == [case.TimelineNoted, case.CustomerCameBack]


def test_a_milestone_is_noted_once_and_only_on_a_known_case(opening: OpenCase) -> None:
    milestone = note(opening, "work-accepted", days=1)
    state = opened_by(opening, milestone)
    assert state.companies == {"telco-a", "net-b"}
    given(decider).after(opening, milestone).when(milestone).then_nothing()
    given(decider).when(milestone).then_refused(NotYet)


def test_a_company_takes_part_by_work_it_took_or_was_asked_to_take_by_those_who_take_part(opening: OpenCase) -> None:
    work = replace(note(opening, "work-offered", days=1), company="desk-c", offered_by="net-b")
    for joins in (work, *(replace(work, milestone=name) for name in ("work-accepted", "hand-over-accepted"))):
        assert opened_by(opening, joins).companies == {"telco-a", "net-b", "desk-c"}
    others = {*get_args(Turning), *get_args(Joining)} - {"work-offered", "work-accepted", "hand-over-accepted"}
    for stays_out in (replace(work, offered_by="desk-c"), *(replace(work, milestone=name) for name in others)):
        assert opened_by(opening, stays_out).companies == {"telco-a", "net-b"}


def test_no_command_of_touchpoints_closes_a_case() -> None:
    """D1: closing is feedback-loop's; here it can only be learned."""
    commands = {command.__name__ for command in get_args(case.Command)}
    assert commands == {"OpenCase", "DecidePriority", "HearCustomer", "NoteMilestone"}
